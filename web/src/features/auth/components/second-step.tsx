import { Button } from '@mantine/core';
import { useState } from 'react';

import type { Me, SecondFactor } from '@/api/model';
import { passkeysKnown } from '@/lib/passkey';
import { hasCode, problemCode } from '@/lib/problem';

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
  passkey: "Confirm that it's you with your fingerprint, face, PIN or security key.",
  totp: 'Enter the code from your authenticator app.',
  recovery_code: 'Enter one of your recovery codes. Each works once.',
};

const switches: Record<SecondFactor, string> = {
  passkey: 'Use a passkey',
  totp: 'Use the authenticator app',
  recovery_code: 'Use a recovery code',
};

/** The second step of a sign-in: a passkey, a code from the authenticator app, or a recovery code. */
export function SecondStep({ challenge, factors, onDone, onExpired, onBack }: SecondStepProps) {
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
    <AuthFrame title="Two-step sign-in" intro={intros[way]}>
      <div className={classes.form}>
        {way === 'passkey' ? (
          <>
            <PasskeyButton label="Continue with a passkey" challenge={challenge} primary onDone={onDone} onFailed={failed} />
            {others}
          </>
        ) : (
          <CodeForm key={way} challenge={challenge} recovery={way === 'recovery_code'} switches={others} onDone={onDone} onFailed={failed} />
        )}
        <Button variant="subtle" color="gray" size="md" fullWidth onClick={onBack}>
          Back
        </Button>
      </div>
    </AuthFrame>
  );
}
