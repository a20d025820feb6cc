import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import { confirmEmail, resendVerification, verifyEmail } from '../api';
import { AddressForm } from './address-form';
import { AuthFrame } from './auth-frame';
import classes from './auth.module.css';
import { ConfirmLinkPage } from './confirm-link-page';
import { WithConfig } from './with-config';

const toSignIn = (
  <Button size="md" fullWidth renderRoot={(props) => <Link to="/login" {...props} />}>
    Sign in
  </Button>
);

/** Uses the link of a registration; without a token it asks for another link. */
export function VerifyPage({ token }: { token: string }) {
  if (token === '') return <AnotherLink />;
  return (
    <ConfirmLinkPage
      title="Confirm your address"
      intro="One more click and your account works."
      label="Confirm the address"
      send={() => verifyEmail(token)}
      help={
        <Button size="md" fullWidth renderRoot={(props) => <Link to="/verify" search={{ token: '' }} {...props} />}>
          Send me another link
        </Button>
      }
      done={{ title: 'Welcome', text: 'Your address is confirmed. Sign in with the password that you chose.', next: toSignIn }}
    />
  );
}

/** Uses the link of a change of address. */
export function ConfirmEmailPage({ token }: { token: string }) {
  return (
    <ConfirmLinkPage
      title="Confirm your new address"
      intro="From then on you sign in with it."
      label="Confirm the new address"
      send={() => confirmEmail(token)}
      help={
        <Button size="md" fullWidth renderRoot={(props) => <Link to="/settings" {...props} />}>
          Ask for the change again in the settings
        </Button>
      }
      done={{
        title: 'Your address is changed',
        text: 'From now on, mails go to the new address, and you sign in with it.',
        next: (
          <Button size="md" fullWidth renderRoot={(props) => <Link to="/" {...props} />}>
            Go to your downloads
          </Button>
        ),
      }}
    />
  );
}

function AnotherLink() {
  const [mailedTo, setMailedTo] = useState('');
  const back = <Link to="/login">Back to sign-in</Link>;
  if (mailedTo !== '') {
    return (
      <AuthFrame title="Look into your mailbox" intro="" foot={back}>
        <div className={classes.done} role="status">
          <p>
            If an account waits for the confirmation of <span className={classes.whom}>{mailedTo}</span> a new link is on its way.
          </p>
        </div>
      </AuthFrame>
    );
  }
  return (
    <WithConfig title="Another link">
      {(config) => (
        <AuthFrame title="Another link" intro="For an account whose address is not confirmed yet. Earlier links stop working." foot={back}>
          <AddressForm config={config} submitLabel="Send the link" send={resendVerification} onDone={setMailedTo} />
        </AuthFrame>
      )}
    </WithConfig>
  );
}
