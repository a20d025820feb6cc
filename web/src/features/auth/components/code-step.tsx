import { Button, TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';

import type { Me } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { hasCode, problemCode } from '@/lib/problem';
import { useForm } from '@/lib/use-form';
import { useWait } from '@/lib/use-wait';

import { signInWithCode } from '../api';
import { codeSchema } from '../schema';
import { AuthFrame } from './auth-frame';
import classes from './auth.module.css';

interface CodeStepProps {
  challenge: string;
  onDone: (me: Me) => void;
  /** Called when the challenge is worth nothing any more. */
  onExpired: (error: Error) => void;
  onBack: () => void;
}

/** The second step of a sign-in: a code from the authenticator app, or a recovery code. */
export function CodeStep({ challenge, onDone, onExpired, onBack }: CodeStepProps) {
  const [recovery, setRecovery] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const form = useForm({
    schema: codeSchema,
    send: async ({ code }) => {
      try {
        return await signInWithCode({ challenge, code });
      } catch (error) {
        if (error instanceof Error && hasCode(error, problemCode.signInExpired)) onExpired(error);
        throw error;
      }
    },
    onDone,
  });
  const wait = useWait(form.error);
  useEffect(() => field.current?.focus(), [recovery]);
  const intro = recovery ? 'Enter one of the recovery codes that you kept. Each works once.' : 'Enter the code that your authenticator app shows now.';
  return (
    <AuthFrame title="Two-step sign-in" intro={intro}>
      <form noValidate onSubmit={form.submit} className={classes.form}>
        <FormFault error={form.error} />
        <TextInput
          key={recovery ? 'recovery' : 'app'}
          ref={field}
          name="code"
          label={recovery ? 'Recovery code' : 'Code'}
          size="md"
          className={classes.code}
          data-recovery={recovery || undefined}
          autoComplete={recovery ? 'off' : 'one-time-code'}
          inputMode={recovery ? 'text' : 'numeric'}
          autoCapitalize="none"
          spellCheck={false}
          maxLength={64}
          required
          withAsterisk={false}
          error={form.faults.code}
        />
        <button type="button" className={classes.switch} onClick={() => setRecovery(!recovery)}>
          {recovery ? 'Use the authenticator app' : 'Use a recovery code'}
        </button>
        <Button type="submit" size="md" fullWidth loading={form.busy} disabled={wait > 0}>
          Sign in
        </Button>
        <Button variant="subtle" color="gray" size="md" fullWidth onClick={onBack}>
          Back
        </Button>
      </form>
    </AuthFrame>
  );
}
