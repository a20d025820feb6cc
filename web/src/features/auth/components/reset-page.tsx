import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import { requestReset } from '../api';
import { AddressForm } from './address-form';
import { AuthFrame } from './auth-frame';
import classes from './auth.module.css';
import { WithConfig } from './with-config';

const back = <Link to="/login">Back to sign-in</Link>;

/** Asks for a link that sets a new password. It never says whether there is such an account. */
export function ResetPage() {
  const [mailedTo, setMailedTo] = useState('');
  if (mailedTo !== '') {
    return (
      <AuthFrame title="Check your mail" intro="" foot={back}>
        <div className={classes.done} role="status">
          <p>
            If <span className={classes.whom}>{mailedTo}</span> has an account, a link is on its way. It works for 30 minutes.
          </p>
          <p className={classes.aside}>Nothing there? Check your spam folder, or try another address.</p>
        </div>
      </AuthFrame>
    );
  }
  return (
    <WithConfig title="Reset password">
      {(config) =>
        config.mail ? (
          <AuthFrame title="Reset password" intro="We'll send you a link to set a new one." foot={back}>
            <AddressForm config={config} submitLabel="Send link" send={requestReset} onDone={setMailedTo} />
          </AuthFrame>
        ) : (
          <AuthFrame title="Reset password" intro="This installation can't send mail. Ask the operator for help." foot={back} />
        )
      }
    </WithConfig>
  );
}
