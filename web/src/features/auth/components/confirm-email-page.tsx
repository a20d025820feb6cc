import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { FormFault } from '@/components/form-fault';
import { hasCode, problemCode } from '@/lib/problem';
import { useWait } from '@/lib/use-wait';

import { confirmEmail } from '../api';
import { AuthFrame } from './auth-frame';
import classes from './auth.module.css';

/** Uses the link of a change of address when a person says so: programs that look through mails open links, too. */
export function ConfirmEmailPage({ token }: { token: string }) {
  const confirming = useMutation({ mutationFn: () => confirmEmail(token) });
  const wait = useWait(confirming.error);
  if (confirming.isSuccess) {
    return (
      <AuthFrame title="Your address is changed" intro="">
        <div className={classes.done} role="status">
          <p>From now on, mails go to the new address, and you sign in with it.</p>
          <Button size="md" fullWidth renderRoot={(props) => <Link to="/" {...props} />}>
            Go to your downloads
          </Button>
        </div>
      </AuthFrame>
    );
  }
  if (hasCode(confirming.error, problemCode.linkNotValid)) {
    return (
      <AuthFrame title="This link does not work" intro="Your address is as it was.">
        <div className={classes.form}>
          <FormFault error={confirming.error} />
          <Button size="md" fullWidth renderRoot={(props) => <Link to="/settings" {...props} />}>
            Ask for the change again in the settings
          </Button>
        </div>
      </AuthFrame>
    );
  }
  return (
    <AuthFrame title="Confirm your new address" intro="From then on you sign in with it.">
      <div className={classes.form}>
        <FormFault error={confirming.error} />
        <Button size="md" fullWidth loading={confirming.isPending} disabled={wait > 0} onClick={() => confirming.mutate()}>
          Confirm the new address
        </Button>
      </div>
    </AuthFrame>
  );
}
