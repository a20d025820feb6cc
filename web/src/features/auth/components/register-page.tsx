import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';

import type { Config } from '@/api/model';

import '../link-messages/catalogue';
import { register } from '../api';
import { AccountForm } from './account-form';
import { AuthFrame } from './auth-frame';
import classes from './auth.module.css';
import { useHumanCheck } from './human-check';
import { WithConfig } from './with-config';

const haveOne = (
  <>
    <Trans ns="authLinks" i18nKey="registerPage.haveAnAccount" components={{ a: <Link to="/login" /> }} />
  </>
);

/** Registers an account. A mail then confirms the address. */
export function RegisterPage() {
  const { t } = useTranslation('authLinks');
  const [mailedTo, setMailedTo] = useState('');
  if (mailedTo !== '') return <MailSent email={mailedTo} />;
  return (
    <WithConfig title={t('registerPage.createAnAccount')}>
      {(config) =>
        config.registration === 'open' ? (
          <Open config={config} onDone={setMailedTo} />
        ) : (
          <AuthFrame
            title={config.registration === 'closed' ? t('registerPage.registrationIsClosed') : t('registerPage.invitationOnly')}
            intro={
              config.registration === 'closed'
                ? t('registerPage.newAccountsCant')
                : t('registerPage.youNeedAn')
            }
            foot={haveOne}
          />
        )
      }
    </WithConfig>
  );
}

function Open({ config, onDone }: { config: Config; onDone: (email: string) => void }) {
  const { t } = useTranslation('authLinks');
  const check = useHumanCheck(config, 'register');
  return (
    <AuthFrame title={t('registerPage.createAnAccount')} intro={t('registerPage.pasteALink')} foot={haveOne}>
      <AccountForm
        config={config}
        extra={check.widget}
        send={(values) => check.withAnswer((answer) => register({ ...values, ...answer }))}
        onDone={(_, { email }) => onDone(email)}
      />
    </AuthFrame>
  );
}

function MailSent({ email }: { email: string }) {
  const { t } = useTranslation('authLinks');
  return (
    <AuthFrame title={t('registerPage.checkYourMail')} intro="" foot={<Link to="/login">{t('registerPage.backToSign')}</Link>}>
      <div className={classes.done} role="status">
        <p>
          <Trans t={t} i18nKey="registerPage.weSentA" values={{ email }} components={{ span: <span className={classes.whom} /> }} />
        </p>
        <p>{t('registerPage.openTheLink')}</p>
        <p className={classes.aside}>
          <Trans t={t} i18nKey="registerPage.nothingThereCheck" components={{ a: <Link to="/verify" /> }} />
        </p>
      </div>
    </AuthFrame>
  );
}
