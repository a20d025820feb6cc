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

/** Makes an account; a mail shows whether the address is the person's own. */
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
            title={config.registration === 'closed' ? 'Registration is closed' : 'By invitation'}
            intro={
              config.registration === 'closed'
                ? 'No accounts are made here at the moment.'
                : 'Accounts are made by invitation here. Ask the operator for one, and use the link in it.'
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
    <AuthFrame title="Create an account" intro="Paste a link, close the tab, find it finished." foot={haveOne}>
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
    <AuthFrame title="Look into your mailbox" intro="" foot={<Link to="/login">Back to sign-in</Link>}>
      <div className={classes.done} role="status">
        <p>
          We have sent a mail to <span className={classes.whom}>{email}</span>
        </p>
        <p>Use the link in it within 30 minutes. Your account works from then on.</p>
        <p className={classes.aside}>
          Nothing there? Look among the spam, or <Link to="/verify">send another link</Link>.
        </p>
      </div>
    </AuthFrame>
  );
}
