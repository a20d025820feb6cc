import { useQuery } from '@tanstack/react-query';

import { configQuery, signIn } from '../api';
import { signInSchema } from '../schema';
import { AuthFrame } from './auth-frame';
import { CredentialsForm } from './credentials-form';

/** Signs a person in. */
export function LoginPage({ onDone }: { onDone: () => void }) {
  const { data: config } = useQuery(configQuery());
  if (config?.setupNeeded === true) {
    return (
      <AuthFrame
        title="Set up Longhaul"
        intro="This installation has no account yet. Open the one-time set-up link that the server printed on its console; it makes the first administrator."
      >
        {null}
      </AuthFrame>
    );
  }
  return (
    <AuthFrame title="Sign in" intro="Submit and forget: your downloads go on while you are away.">
      <CredentialsForm schema={signInSchema} submitLabel="Sign in" send={signIn} onDone={onDone} />
    </AuthFrame>
  );
}
