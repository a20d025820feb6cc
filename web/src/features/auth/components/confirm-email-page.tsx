import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { FormFault } from '@/components/form-fault';
import { hasCode, problemCode } from '@/lib/problem';
import { useWait } from '@/lib/use-wait';

import { confirmEmail } from '../api';
import { AuthFrame } from './auth-frame';
import classes from './auth.module.css';

/** Confirms a new address on a click, because mail scanners open links too. */
export function ConfirmEmailPage({ token }: { token: string }) {
  const confirming = useMutation({ mutationFn: () => confirmEmail(token) });
  const wait = useWait(confirming.error);
  if (confirming.isSuccess) {
    return (
      <AuthFrame title="Address changed" intro="">
        <div className={classes.done} role="status">
          <p>Use the new address to sign in. Mails go there too.</p>
          <Button size="md" fullWidth renderRoot={(props) => <Link to="/" {...props} />}>
            Go to your downloads
          </Button>
        </div>
      </AuthFrame>
    );
  }
  if (hasCode(confirming.error, problemCode.linkNotValid)) {
    return (
      <AuthFrame title="This link doesn't work" intro="Your address hasn't changed.">
        <div className={classes.form}>
          <FormFault error={confirming.error} />
          <Button size="md" fullWidth renderRoot={(props) => <Link to="/settings" {...props} />}>
            Request the change again in Settings
          </Button>
        </div>
      </AuthFrame>
    );
  }
  return (
    <AuthFrame title="Confirm your new address" intro="You'll sign in with it from now on.">
      <div className={classes.form}>
        <FormFault error={confirming.error} />
        <Button size="md" fullWidth loading={confirming.isPending} disabled={wait > 0} onClick={() => confirming.mutate()}>
          Confirm new address
        </Button>
      </div>
    </AuthFrame>
  );
}
