import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import { register } from '../api';
import { AccountForm } from './account-form';
import { AuthFrame } from './auth-frame';
import classes from './auth.module.css';
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
          <AuthFrame title="Create an account" intro="Paste a link, close the tab, find it finished." foot={haveOne}>
            <AccountForm config={config} send={register} onDone={(_, { email }) => setMailedTo(email)} />
          </AuthFrame>
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
