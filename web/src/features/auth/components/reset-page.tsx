import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';

import { text } from '@/lib/messages';

import '../link-messages/catalogue';
import { requestReset } from '../api';
import { AddressForm } from './address-form';
import { AuthFrame } from './auth-frame';
import classes from './auth.module.css';
import { WithConfig } from './with-config';

const back = <Link to="/login">{text('authLinks:resetPage.backToSign')}</Link>;

/** Asks for a link that sets a new password. It never says whether there is such an account. */
export function ResetPage() {
  const { t } = useTranslation('authLinks');
  const [mailedTo, setMailedTo] = useState('');
  if (mailedTo !== '') {
    return (
      <AuthFrame title={t('resetPage.checkYourMail')} intro="" foot={back}>
        <div className={classes.done} role="status">
          <p>
            <Trans t={t} i18nKey="resetPage.ifHasAn" values={{ mailedTo }} components={{ span: <span className={classes.whom} /> }} />
          </p>
          <p className={classes.aside}>{t('resetPage.nothingThereCheck')}</p>
        </div>
      </AuthFrame>
    );
  }
  return (
    <WithConfig title={t('resetPage.resetPassword')}>
      {(config) =>
        config.mail ? (
          <AuthFrame title={t('resetPage.resetPassword')} intro={t('resetPage.wellSendYou')} foot={back}>
            <AddressForm config={config} submitLabel={t('resetPage.sendLink')} send={requestReset} onDone={setMailedTo} />
          </AuthFrame>
        ) : (
          <AuthFrame title={t('resetPage.resetPassword')} intro={t('resetPage.thisInstallationCant')} foot={back} />
        )
      }
    </WithConfig>
  );
}
