import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { FormFault } from '@/components/form-fault';
import { hasCode, problemCode } from '@/lib/problem';
import { useWait } from '@/lib/use-wait';

import '../link-messages/catalogue';
import { confirmEmail } from '../api';
import { AuthFrame } from './auth-frame';
import classes from './auth.module.css';

/** Confirms a new address on a click, because mail scanners open links too. */
export function ConfirmEmailPage({ token }: { token: string }) {
  const { t } = useTranslation('authLinks');
  const confirming = useMutation({ mutationFn: () => confirmEmail(token) });
  const wait = useWait(confirming.error);
  if (confirming.isSuccess) {
    return (
      <AuthFrame title={t('confirmEmailPage.addressChanged')} intro="">
        <div className={classes.done} role="status">
          <p>{t('confirmEmailPage.useTheNew')}</p>
          <Button size="md" fullWidth renderRoot={(props) => <Link to="/" {...props} />}>
            {t('confirmEmailPage.goToYour')}
          </Button>
        </div>
      </AuthFrame>
    );
  }
  if (hasCode(confirming.error, problemCode.linkNotValid)) {
    return (
      <AuthFrame title={t('confirmEmailPage.thisLinkDoesnt')} intro={t('confirmEmailPage.yourAddressHasnt')}>
        <div className={classes.form}>
          <FormFault error={confirming.error} />
          <Button size="md" fullWidth renderRoot={(props) => <Link to="/settings" {...props} />}>
            {t('confirmEmailPage.requestTheChange')}
          </Button>
        </div>
      </AuthFrame>
    );
  }
  return (
    <AuthFrame title={t('confirmEmailPage.confirmYourNew')} intro={t('confirmEmailPage.youllSignIn')}>
      <div className={classes.form}>
        <FormFault error={confirming.error} />
        <Button size="md" fullWidth loading={confirming.isPending} disabled={wait > 0} onClick={() => confirming.mutate()}>
          {t('confirmEmailPage.confirmNewAddress')}
        </Button>
      </div>
    </AuthFrame>
  );
}
