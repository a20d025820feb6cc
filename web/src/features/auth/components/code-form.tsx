import { Button, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { Me } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { useFirstFocus } from '@/lib/use-first-focus';
import { useApiForm } from '@/lib/use-api-form';

import '../messages/catalogue';
import { signInWithCode } from '../api';
import { codeSchema } from '../schema';
import classes from './auth.module.css';

interface CodeFormProps {
  challenge: string;
  /** Asks for a recovery code instead of one from the app. */
  recovery: boolean;
  /** The buttons that switch to another way. */
  switches: ReactNode;
  onDone: (me: Me) => void;
  /** Called with every failure, which is also shown here. */
  onFailed: (error: Error) => void;
}

/** Asks for the code that finishes a sign-in. */
export function CodeForm({ challenge, recovery, switches, onDone, onFailed }: CodeFormProps) {
  const { t } = useTranslation('auth');
  const field = useFirstFocus<HTMLInputElement>();
  const form = useApiForm({
    schema: codeSchema,
    initial: { code: '' },
    send: async ({ code }) => {
      try {
        return await signInWithCode({ challenge, code });
      } catch (error) {
        if (error instanceof Error) onFailed(error);
        throw error;
      }
    },
    onDone,
  });
  return (
    <form noValidate onSubmit={form.submit} className={classes.form}>
      <FormFault error={form.error} />
      <TextInput
        ref={field}
        name="code"
        label={recovery ? t('codeForm.recoveryCode') : t('codeForm.code')}
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
        {...form.field('code')}
      />
      {switches}
      <Button type="submit" size="md" fullWidth loading={form.busy} disabled={form.wait > 0}>
        {t('codeForm.signIn')}
      </Button>
    </form>
  );
}
