import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Config, LoginResult, Me, SecondFactor } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { PasswordField } from '@/components/password-field';
import { text } from '@/lib/messages';
import { passkeysKnown } from '@/lib/passkey';
import { hasCode, problemCode } from '@/lib/problem';
import { useApiForm } from '@/lib/use-api-form';

import '../messages/catalogue';
import { signIn } from '../api';
import { signInSchema } from '../schema';
import { AuthFrame } from './auth-frame';
import classes from './auth.module.css';
import { EmailField } from './email-field';
import { FarewellNote } from './farewell-note';
import { useHumanCheck } from './human-check';
import { PasskeyButton } from './passkey-button';
import { SecondStep } from './second-step';
import { useSignedIn } from './use-signed-in';
import { WithConfig } from './with-config';

const setUpIntro =
  text('auth:loginPage.thereAreNo');

/** The sign-in page. */
export function LoginPage({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation('auth');
  return (
    <WithConfig title={t('loginPage.signIn')}>
      {(config) => (config.setupNeeded ? <AuthFrame title={t('loginPage.setUpLonghaul')} intro={setUpIntro} /> : <SignIn config={config} onDone={onDone} />)}
    </WithConfig>
  );
}

function SignIn({ config, onDone }: { config: Config; onDone: () => void }) {
  const [challenged, setChallenged] = useState<{ challenge: string; factors: SecondFactor[] }>();
  const [expired, setExpired] = useState<Error>();
  const signedIn = useSignedIn(onDone);
  if (challenged) {
    const restart = (error: Error) => {
      setChallenged(undefined);
      setExpired(error);
    };
    return <SecondStep {...challenged} onDone={signedIn} onExpired={restart} onBack={() => setChallenged(undefined)} />;
  }
  const passed = (result: LoginResult) => {
    setExpired(undefined);
    if (result.user) signedIn(result.user);
    else setChallenged({ challenge: result.challenge ?? '', factors: result.factors ?? [] });
  };
  return <FirstStep config={config} notice={expired} onPassed={passed} onSignedIn={signedIn} />;
}

interface FirstStepProps {
  config: Config;
  /** Why the user is back at the first step. */
  notice: Error | undefined;
  onPassed: (result: LoginResult) => void;
  onSignedIn: (me: Me) => void;
}

function FirstStep({ config, notice, onPassed, onSignedIn }: FirstStepProps) {
  const { t } = useTranslation('auth');
  const check = useHumanCheck(config, 'login');
  const form = useApiForm({
    schema: signInSchema,
    initial: { email: '', password: '' },
    send: (values) => check.withAnswer((answer) => signIn({ ...values, ...answer })),
    onDone: onPassed,
  });
  const foot =
    config.registration === 'open' ? (
      <>
        {t('loginPage.newHere')} <Link to="/register">{t('loginPage.createAn')}</Link>
      </>
    ) : undefined;
  return (
    <AuthFrame title={t('loginPage.signIn')} intro={t('loginPage.submitAndForget')} foot={foot}>
      <form noValidate onSubmit={form.submit} className={classes.form}>
        {form.error === null && (notice ? <FormFault error={notice} /> : <FarewellNote />)}
        <FormFault error={form.error}>
          {hasCode(form.error, problemCode.emailUnverified) && <Link to="/verify">{t('loginPage.sendANew')}</Link>}
        </FormFault>
        <EmailField {...form.field('email')} />
        <div className={classes.field}>
          <PasswordField
            label={t('loginPage.password')}
            size="md"
            autoComplete="current-password"
            {...form.field('password')}
          />
          {config.mail && (
            <Link to="/reset" className={classes.corner}>
              {t('loginPage.forgotPassword')}
            </Link>
          )}
        </div>
        {check.widget}
        <Button type="submit" size="md" fullWidth loading={form.busy} disabled={form.wait > 0}>
          {t('loginPage.signIn')}
        </Button>
      </form>
      {config.passkeys && passkeysKnown() && (
        <>
          <p className={classes.or}>{t('loginPage.or')}</p>
          <PasskeyButton label={t('loginPage.signInWith')} onDone={onSignedIn} />
        </>
      )}
    </AuthFrame>
  );
}
