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
      <AuthFrame title="Look into your mailbox" intro="" foot={back}>
        <div className={classes.done} role="status">
          <p>
            If there is an account with <span className={classes.whom}>{mailedTo}</span> a link is on its way. It works for 30 minutes.
          </p>
          <p className={classes.aside}>Nothing there? Look among the spam, or whether you used another address.</p>
        </div>
      </AuthFrame>
    );
  }
  return (
    <WithConfig title="Reset the password">
      {(config) =>
        config.mail ? (
          <AuthFrame title="Reset the password" intro="We send you a link that sets a new one." foot={back}>
            <AddressForm config={config} submitLabel="Send the link" send={requestReset} onDone={setMailedTo} />
          </AuthFrame>
        ) : (
          <AuthFrame title="Reset the password" intro="This installation sends no mail. Ask its operator for help." foot={back} />
        )
      }
    </WithConfig>
  );
}
