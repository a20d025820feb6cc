import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import type { Config } from '@/api/model';

import { register } from '../api';
import { AccountForm } from './account-form';
import { AuthFrame } from './auth-frame';
import classes from './auth.module.css';
import { useHumanCheck } from './human-check';
import { WithConfig } from './with-config';

const haveOne = (
  <>
    Have an account? <Link to="/login">Sign in</Link>
  </>
);

/** Registers an account. A mail then confirms the address. */
export function RegisterPage() {
  const [mailedTo, setMailedTo] = useState('');
  if (mailedTo !== '') return <MailSent email={mailedTo} />;
  return (
    <WithConfig title="Create an account">
      {(config) =>
        config.registration === 'open' ? (
          <Open config={config} onDone={setMailedTo} />
        ) : (
          <AuthFrame
            title={config.registration === 'closed' ? 'Registration is closed' : 'Invitation only'}
            intro={
              config.registration === 'closed'
                ? "New accounts can't be created right now."
                : 'You need an invitation to create an account. Ask the operator for one.'
            }
            foot={haveOne}
          />
        )
      }
    </WithConfig>
  );
}

function Open({ config, onDone }: { config: Config; onDone: (email: string) => void }) {
  const check = useHumanCheck(config, 'register');
  return (
    <AuthFrame title="Create an account" intro="Paste a link, close the tab, find it finished later." foot={haveOne}>
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
  return (
    <AuthFrame title="Check your mail" intro="" foot={<Link to="/login">Back to sign-in</Link>}>
      <div className={classes.done} role="status">
        <p>
          We sent a mail to <span className={classes.whom}>{email}</span>
        </p>
        <p>Open the link in it within 30 minutes to activate your account.</p>
        <p className={classes.aside}>
          Nothing there? Check your spam folder, or <Link to="/verify">send a new link</Link>.
        </p>
      </div>
    </AuthFrame>
  );
}
