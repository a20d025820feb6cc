import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import type { Me } from '@/api/model';
import { AuthFrame } from '@/features/auth/components/auth-frame';
import { Passkeys } from '@/features/settings/components/passkeys';
import { Reauth } from '@/features/settings/components/reauth';
import { TotpPanel } from '@/features/settings/components/totp-panel';

import './messages/catalogue';
import { useMeChanged, useSignOut } from './account';
import classes from './enrol-gate.module.css';

/** What an admin sees until a required second factor is set up. */
export function EnrolGate({ me }: { me: Me }) {
  const { t } = useTranslation('routes');
  const meChanged = useMeChanged();
  const signOut = useSignOut();
  return (
    <AuthFrame title={t('enrolGate.oneMoreStep')} intro={t('enrolGate.adminsHereNeed')}>
      <Reauth me={me}>
        <div className={classes.panel}>
          <TotpPanel onChanged={meChanged} needed />
          <p className={classes.or}>{t('enrolGate.or')}</p>
          <Passkeys me={me} onChanged={meChanged} />
          <Button variant="subtle" color="gray" size="md" onClick={signOut}>
            {t('enrolGate.signOut')}
          </Button>
        </div>
      </Reauth>
    </AuthFrame>
  );
}
