import { setUp } from '../api';
import { AccountForm } from './account-form';
import { AuthFrame } from './auth-frame';
import { useSignedIn } from './use-signed-in';
import { WithConfig } from './with-config';

/** Makes the first account, by the one-time link from the server's console. */
export function SetupPage({ token, onDone }: { token: string; onDone: () => void }) {
  const signedIn = useSignedIn(onDone);
  if (token === '') {
    return (
      <AuthFrame
        title="The link is incomplete"
        intro="Copy the whole set-up address from the server's console, with everything after “token=”."
      />
    );
  }
  return (
    <WithConfig title="Welcome">
      {(config) => (
        <AuthFrame title="Welcome" intro="Make the first account. It is an administrator of this installation.">
          <AccountForm config={config} send={(credentials) => setUp({ ...credentials, token })} onDone={signedIn} />
        </AuthFrame>
      )}
    </WithConfig>
  );
}
