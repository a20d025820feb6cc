import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';

import { FormFault } from '@/components/form-fault';
import { PasswordField } from '@/components/password-field';
import { hasCode, problemCode } from '@/lib/problem';
import { useApiForm } from '@/lib/use-api-form';

import '../link-messages/catalogue';
import { resendVerification, verifyEmail } from '../api';
import { passwordSchema } from '../schema';
import { AddressForm } from './address-form';
import { AuthFrame } from './auth-frame';
import classes from './auth.module.css';
import { useSignedIn } from './use-signed-in';
import { WithConfig } from './with-config';

interface VerifyPageProps {
  token: string;
  onDone: () => void;
}

/** Confirms a registration with its link; without a token, offers a new link. */
export function VerifyPage({ token, onDone }: VerifyPageProps) {
  return token === '' ? <NewLink /> : <PasswordStep token={token} onDone={onDone} />;
}

/** The password proves that the mailbox's owner is the person who registered. */
function PasswordStep({ token, onDone }: VerifyPageProps) {
  const { t } = useTranslation('authLinks');
  const form = useApiForm({
    schema: passwordSchema,
    initial: { password: '' },
    send: ({ password }) => verifyEmail({ token, password }),
    onDone: useSignedIn(onDone),
  });
  if (hasCode(form.error, problemCode.linkNotValid)) {
    return (
      <AuthFrame title={t('verifyPage.thisLinkDoesnt')} intro={t('verifyPage.yourAddressIsnt')}>
        <div className={classes.form}>
          <FormFault error={form.error} />
          <Button size="md" fullWidth renderRoot={(props) => <Link to="/verify" search={{ token: '' }} {...props} />}>
            {t('verifyPage.sendANew')}
          </Button>
        </div>
      </AuthFrame>
    );
  }
  const foot = (
    <>
      <Trans t={t} i18nKey="verifyPage.forgotItOr" components={{ a: <Link to="/reset" /> }} />
    </>
  );
  return (
    <AuthFrame title={t('verifyPage.confirmYourAddress')} intro={t('verifyPage.enterThePassword')} foot={foot}>
      <form noValidate onSubmit={form.submit} className={classes.form}>
        <FormFault error={form.error} />
        <PasswordField label={t('verifyPage.password')} size="md" autoComplete="current-password" {...form.field('password')} />
        <Button type="submit" size="md" fullWidth loading={form.busy} disabled={form.wait > 0}>
          {t('verifyPage.confirmAndSign')}
        </Button>
      </form>
    </AuthFrame>
  );
}

function NewLink() {
  const { t } = useTranslation('authLinks');
  const [mailedTo, setMailedTo] = useState('');
  const back = <Link to="/login">{t('verifyPage.backToSign')}</Link>;
  if (mailedTo !== '') {
    return (
      <AuthFrame title={t('verifyPage.checkYourMail')} intro="" foot={back}>
        <div className={classes.done} role="status">
          <p>
            <Trans t={t} i18nKey="verifyPage.ifIsWaiting" values={{ mailedTo }} components={{ span: <span className={classes.whom} /> }} />
          </p>
        </div>
      </AuthFrame>
    );
  }
  return (
    <WithConfig title={t('verifyPage.getANew')}>
      {(config) => (
        <AuthFrame title={t('verifyPage.getANew')} intro={t('verifyPage.forAccountsWhose')} foot={back}>
          <AddressForm config={config} submitLabel={t('verifyPage.sendLink')} send={resendVerification} onDone={setMailedTo} />
        </AuthFrame>
      )}
    </WithConfig>
  );
}
