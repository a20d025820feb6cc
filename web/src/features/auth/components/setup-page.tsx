import { setUp } from '../api';
import { minPassword, setUpSchema } from '../schema';
import { AuthFrame } from './auth-frame';
import { CredentialsForm } from './credentials-form';

/** Makes the first account, by the one-time link from the server's console. */
export function SetupPage({ token, onDone }: { token: string; onDone: () => void }) {
  if (token === '') {
    return (
      <AuthFrame
        title="The link is incomplete"
        intro="Copy the whole set-up address from the server's console, with everything after “token=”."
      >
        {null}
      </AuthFrame>
    );
  }
  return (
    <AuthFrame title="Welcome" intro="Make the first account. It is an administrator of this installation.">
      <CredentialsForm
        schema={setUpSchema}
        submitLabel="Create the account"
        newPassword
        passwordHint={`At least ${minPassword} characters. A few unrelated words are easy to keep.`}
        send={(credentials) => setUp({ ...credentials, token })}
        onDone={onDone}
      />
    </AuthFrame>
  );
}
