import { Button } from '@mantine/core';
import type { ReactNode } from 'react';

import type { Config } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { NewPassword } from '@/components/new-password';
import { useForm } from '@/lib/use-form';
import { useWait } from '@/lib/use-wait';

import type { Credentials } from '../api';
import { newAccountSchema } from '../schema';
import classes from './auth.module.css';
import { EmailField } from './email-field';
import { ruleOf } from './with-config';

interface AccountFormProps<R> {
  config: Config;
  /** Content above the button. */
  extra?: ReactNode;
  send: (credentials: Credentials) => Promise<R>;
  onDone: (result: R, credentials: Credentials) => void;
}

/** E-mail and a new password, for creating an account. */
export function AccountForm<R>({ config, extra, send, onDone }: AccountFormProps<R>) {
  const rule = ruleOf(config);
  const form = useForm({ schema: newAccountSchema(rule.minLength), send, onDone });
  const wait = useWait(form.error);
  return (
    <form noValidate onSubmit={form.submit} className={classes.form}>
      <FormFault error={form.error} />
      <EmailField error={form.faults.email} />
      <NewPassword label="Password" rule={rule} error={form.faults.password} />
      {extra}
      <Button type="submit" size="md" fullWidth loading={form.busy} disabled={wait > 0}>
        Create account
      </Button>
    </form>
  );
}
