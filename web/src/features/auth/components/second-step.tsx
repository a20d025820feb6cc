import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Me, SecondFactor } from '@/api/model';
import { text } from '@/lib/messages';
import { passkeysKnown } from '@/lib/passkey';
import { hasCode, problemCode } from '@/lib/problem';

import '../messages/catalogue';
import { AuthFrame } from './auth-frame';
import classes from './auth.module.css';
import { CodeForm } from './code-form';
import { PasskeyButton } from './passkey-button';

interface SecondStepProps {
  challenge: string;
  factors: readonly SecondFactor[];
  onDone: (me: Me) => void;
  /** Called when the challenge has expired. */
  onExpired: (error: Error) => void;
  onBack: () => void;
}

const intros: Record<SecondFactor, string> = {
  passkey: text('auth:secondStep.confirmThatIts'),
  totp: text('auth:secondStep.enterTheCode'),
  recovery_code: text('auth:secondStep.enterOneOf'),
};

const switches: Record<SecondFactor, string> = {
  passkey: text('auth:secondStep.useAPasskey'),
  totp: text('auth:secondStep.useTheAuthenticator'),
  recovery_code: text('auth:secondStep.useARecovery'),
};

/** The second step of a sign-in: a passkey, a code from the authenticator app, or a recovery code. */
export function SecondStep({ challenge, factors, onDone, onExpired, onBack }: SecondStepProps) {
  const { t } = useTranslation('auth');
  const ways = factors.filter((each) => each !== 'passkey' || passkeysKnown());
  const [way, setWay] = useState<SecondFactor>(ways[0] ?? 'recovery_code');
  const failed = (error: Error) => {
    if (hasCode(error, problemCode.signInExpired)) onExpired(error);
  };
  const others = ways
    .filter((each) => each !== way)
    .map((each) => (
      <button key={each} type="button" className={classes.switch} onClick={() => setWay(each)}>
        {switches[each]}
      </button>
    ));
  return (
    <AuthFrame title={t('secondStep.twoStepSign')} intro={intros[way]}>
      <div className={classes.form}>
        {way === 'passkey' ? (
          <>
            <PasskeyButton label={t('secondStep.continueWithA')} challenge={challenge} primary onDone={onDone} onFailed={failed} />
            {others}
          </>
        ) : (
          <CodeForm key={way} challenge={challenge} recovery={way === 'recovery_code'} switches={others} onDone={onDone} onFailed={failed} />
        )}
        <Button variant="subtle" color="gray" size="md" fullWidth onClick={onBack}>
          {t('secondStep.back')}
        </Button>
      </div>
    </AuthFrame>
  );
}
