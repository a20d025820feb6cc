import { setUp } from '../api';
import { AccountForm } from './account-form';
import { AuthFrame } from './auth-frame';
import { useSignedIn } from './use-signed-in';
import { WithConfig } from './with-config';

/** Creates the first account with the one-time link from the server's console. */
export function SetupPage({ token, onDone }: { token: string; onDone: () => void }) {
  const signedIn = useSignedIn(onDone);
  if (token === '') {
    return (
      <AuthFrame
        title="The link is incomplete"
        intro="Copy the whole setup address from the server's console, including everything after “token=”."
      />
    );
  }
  return (
    <WithConfig title="Welcome">
      {(config) => (
        <AuthFrame title="Welcome" intro="Create the first account. It will be an admin.">
          <AccountForm config={config} send={(credentials) => setUp({ ...credentials, token })} onDone={signedIn} />
        </AuthFrame>
      )}
    </WithConfig>
  );
}
