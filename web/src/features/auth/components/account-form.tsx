import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { Config } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { NewPassword, ruleOf } from '@/components/new-password';
import { useApiForm } from '@/lib/use-api-form';

import '../link-messages/catalogue';
import type { Credentials } from '../api';
import { newAccountSchema } from '../schema';
import classes from './auth.module.css';
import { EmailField } from './email-field';

interface AccountFormProps<R> {
  config: Config;
  /** Content above the button. */
  extra?: ReactNode;
  send: (credentials: Credentials) => Promise<R>;
  onDone: (result: R, credentials: Credentials) => void;
}

/** E-mail and a new password, for creating an account. */
export function AccountForm<R>({ config, extra, send, onDone }: AccountFormProps<R>) {
  const { t } = useTranslation('authLinks');
  const rule = ruleOf(config);
  const form = useApiForm({ schema: newAccountSchema(rule.minLength), initial: { email: '', password: '' }, send, onDone });
  return (
    <form noValidate onSubmit={form.submit} className={classes.form}>
      <FormFault error={form.error} />
      <EmailField {...form.field('email')} />
      <NewPassword label={t('accountForm.password')} rule={rule} {...form.field('password')} />
      {extra}
      <Button type="submit" size="md" fullWidth loading={form.busy} disabled={form.wait > 0}>
        {t('accountForm.createAccount')}
      </Button>
    </form>
  );
}
