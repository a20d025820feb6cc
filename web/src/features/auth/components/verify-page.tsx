import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import { FormFault } from '@/components/form-fault';
import { PasswordField } from '@/components/password-field';
import { hasCode, problemCode } from '@/lib/problem';
import { useForm } from '@/lib/use-form';
import { useWait } from '@/lib/use-wait';

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

/** Uses the link of a registration; without a token it asks for another link. */
export function VerifyPage({ token, onDone }: VerifyPageProps) {
  return token === '' ? <AnotherLink /> : <PasswordStep token={token} onDone={onDone} />;
}

/** The password shows that whoever has the mailbox is who registered. */
function PasswordStep({ token, onDone }: VerifyPageProps) {
  const form = useForm({
    schema: passwordSchema,
    send: ({ password }) => verifyEmail({ token, password }),
    onDone: useSignedIn(onDone),
  });
  const wait = useWait(form.error);
  if (hasCode(form.error, problemCode.linkNotValid)) {
    return (
      <AuthFrame title="This link does not work" intro="Your address is not confirmed by it.">
        <div className={classes.form}>
          <FormFault error={form.error} />
          <Button size="md" fullWidth renderRoot={(props) => <Link to="/verify" search={{ token: '' }} {...props} />}>
            Send me another link
          </Button>
        </div>
      </AuthFrame>
    );
  }
  const foot = (
    <>
      Forgotten, or not you? <Link to="/reset">Set a new password</Link>
    </>
  );
  return (
    <AuthFrame title="Confirm your address" intro="Enter the password that you chose, and you are in." foot={foot}>
      <form noValidate onSubmit={form.submit} className={classes.form}>
        <FormFault error={form.error} />
        <PasswordField label="Password" size="md" autoComplete="current-password" error={form.faults.password} />
        <Button type="submit" size="md" fullWidth loading={form.busy} disabled={wait > 0}>
          Confirm and sign in
        </Button>
      </form>
    </AuthFrame>
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
