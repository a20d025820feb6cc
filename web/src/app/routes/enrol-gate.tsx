import { Button } from '@mantine/core';

import type { Me } from '@/api/model';
import { AuthFrame } from '@/features/auth/components/auth-frame';
import { Passkeys } from '@/features/settings/components/passkeys';
import { Reauth } from '@/features/settings/components/reauth';
import { TotpPanel } from '@/features/settings/components/totp-panel';

import { useMeChanged, useSignOut } from './account';
import classes from './enrol-gate.module.css';

/** What an admin sees until a required second factor is set up. */
export function EnrolGate({ me }: { me: Me }) {
  const meChanged = useMeChanged();
  const signOut = useSignOut();
  return (
    <AuthFrame title="One more step" intro="Admins here need two-step sign-in or a passkey. Set one up to continue.">
      <Reauth me={me}>
        <div className={classes.panel}>
          <TotpPanel onChanged={meChanged} needed />
          <p className={classes.or}>or</p>
          <Passkeys me={me} onChanged={meChanged} />
          <Button variant="subtle" color="gray" size="md" onClick={signOut}>
            Sign out
          </Button>
        </div>
      </Reauth>
    </AuthFrame>
  );
}
