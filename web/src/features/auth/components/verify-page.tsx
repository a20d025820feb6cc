import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import { FormFault } from '@/components/form-fault';
import { PasswordField } from '@/components/password-field';
import { hasCode, problemCode } from '@/lib/problem';
import { useApiForm } from '@/lib/use-api-form';

import { resendVerification, verifyEmail } from '../api';
import { passwordSchema } from '../schema';
import { AddressForm } from './address-form';
import { AuthFrame } from './auth-frame';
import classes from './auth.module.css';
import { useSignedIn } from './use-signed-in';
import { WithConfig } from './with-config';

interface VerifyPageProps {
  token: string;
  onDone: () => void;
}

/** Confirms a registration with its link; without a token, offers a new link. */
export function VerifyPage({ token, onDone }: VerifyPageProps) {
  return token === '' ? <NewLink /> : <PasswordStep token={token} onDone={onDone} />;
}

/** The password proves that the mailbox's owner is the person who registered. */
function PasswordStep({ token, onDone }: VerifyPageProps) {
  const form = useApiForm({
    schema: passwordSchema,
    initial: { password: '' },
    send: ({ password }) => verifyEmail({ token, password }),
    onDone: useSignedIn(onDone),
  });
  if (hasCode(form.error, problemCode.linkNotValid)) {
    return (
      <AuthFrame title="This link doesn't work" intro="Your address isn't confirmed yet.">
        <div className={classes.form}>
          <FormFault error={form.error} />
          <Button size="md" fullWidth renderRoot={(props) => <Link to="/verify" search={{ token: '' }} {...props} />}>
            Send a new link
          </Button>
        </div>
      </AuthFrame>
    );
  }
  const foot = (
    <>
      Forgot it, or wasn't it you? <Link to="/reset">Set a new password</Link>
    </>
  );
  return (
    <AuthFrame title="Confirm your address" intro="Enter the password you chose to finish signing up." foot={foot}>
      <form noValidate onSubmit={form.submit} className={classes.form}>
        <FormFault error={form.error} />
        <PasswordField label="Password" size="md" autoComplete="current-password" {...form.field('password')} />
        <Button type="submit" size="md" fullWidth loading={form.busy} disabled={form.wait > 0}>
          Confirm and sign in
        </Button>
      </form>
    </AuthFrame>
  );
}

function NewLink() {
  const [mailedTo, setMailedTo] = useState('');
  const back = <Link to="/login">Back to sign-in</Link>;
  if (mailedTo !== '') {
    return (
      <AuthFrame title="Check your mail" intro="" foot={back}>
        <div className={classes.done} role="status">
          <p>
            If <span className={classes.whom}>{mailedTo}</span> is waiting for confirmation, a new link is on its way.
          </p>
        </div>
      </AuthFrame>
    );
  }
  return (
    <WithConfig title="Get a new link">
      {(config) => (
        <AuthFrame title="Get a new link" intro="For accounts whose address isn't confirmed yet. Earlier links stop working." foot={back}>
          <AddressForm config={config} submitLabel="Send link" send={resendVerification} onDone={setMailedTo} />
        </AuthFrame>
      )}
    </WithConfig>
  );
}
