import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Config } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { NewPassword, ruleOf } from '@/components/new-password';
import { hasCode, problemCode } from '@/lib/problem';
import { useApiForm } from '@/lib/use-api-form';

import '../link-messages/catalogue';
import { confirmReset } from '../api';
import { newPasswordSchema } from '../schema';
import { AuthFrame } from './auth-frame';
import classes from './auth.module.css';
import { WithConfig } from './with-config';

/** Sets a new password with the link from a mail. */
export function ResetConfirmPage({ token }: { token: string }) {
  const { t } = useTranslation('authLinks');
  const [done, setDone] = useState(false);
  if (token === '') {
    return (
      <AuthFrame
        title={t('resetConfirmPage.theLinkIs')}
        intro={t('resetConfirmPage.copyTheWhole')}
        foot={<Link to="/reset">{t('resetConfirmPage.sendANew')}</Link>}
      />
    );
  }
  if (done) {
    return (
      <AuthFrame title={t('resetConfirmPage.passwordChanged')} intro="">
        <div className={classes.done} role="status">
          <p>{t('resetConfirmPage.allYourSessions')}</p>
          <Button size="md" fullWidth renderRoot={(props) => <Link to="/login" {...props} />}>
            {t('resetConfirmPage.signIn')}
          </Button>
        </div>
      </AuthFrame>
    );
  }
  return <WithConfig title={t('resetConfirmPage.chooseANew')}>{(config) => <ResetForm token={token} config={config} onDone={() => setDone(true)} />}</WithConfig>;
}

function ResetForm({ token, config, onDone }: { token: string; config: Config; onDone: () => void }) {
  const { t } = useTranslation('authLinks');
  const rule = ruleOf(config);
  const form = useApiForm({
    schema: newPasswordSchema(rule.minLength),
    initial: { password: '' },
    send: ({ password }) => confirmReset({ token, password }),
    onDone,
  });
  if (hasCode(form.error, problemCode.linkNotValid)) {
    return (
      <AuthFrame title={t('resetConfirmPage.thisLinkDoesnt')} intro={t('resetConfirmPage.yourPasswordHasnt')}>
        <div className={classes.form}>
          <FormFault error={form.error} />
          <Button size="md" fullWidth renderRoot={(props) => <Link to="/reset" {...props} />}>
            {t('resetConfirmPage.sendANew')}
          </Button>
        </div>
      </AuthFrame>
    );
  }
  return (
    <AuthFrame title={t('resetConfirmPage.chooseANew')} intro={t('resetConfirmPage.thisEndsAll')}>
      <form noValidate onSubmit={form.submit} className={classes.form}>
        <FormFault error={form.error} />
        <NewPassword rule={rule} {...form.field('password')} />
        <Button type="submit" size="md" fullWidth loading={form.busy} disabled={form.wait > 0}>
          {t('resetConfirmPage.setPassword')}
        </Button>
      </form>
    </AuthFrame>
  );
}
