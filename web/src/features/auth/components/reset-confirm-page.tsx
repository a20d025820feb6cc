import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import type { Config } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { NewPassword, ruleOf } from '@/components/new-password';
import { hasCode, problemCode } from '@/lib/problem';
import { useApiForm } from '@/lib/use-api-form';

import { confirmReset } from '../api';
import { newPasswordSchema } from '../schema';
import { AuthFrame } from './auth-frame';
import classes from './auth.module.css';
import { WithConfig } from './with-config';

/** Sets a new password with the link from a mail. */
export function ResetConfirmPage({ token }: { token: string }) {
  const [done, setDone] = useState(false);
  if (token === '') {
    return (
      <AuthFrame
        title="The link is incomplete"
        intro="Copy the whole address from the mail, including everything after “token=”."
        foot={<Link to="/reset">Send a new link</Link>}
      />
    );
  }
  if (done) {
    return (
      <AuthFrame title="Password changed" intro="">
        <div className={classes.done} role="status">
          <p>All your sessions and API tokens have ended. Sign in with your new password.</p>
          <Button size="md" fullWidth renderRoot={(props) => <Link to="/login" {...props} />}>
            Sign in
          </Button>
        </div>
      </AuthFrame>
    );
  }
  return <WithConfig title="Choose a new password">{(config) => <ResetForm token={token} config={config} onDone={() => setDone(true)} />}</WithConfig>;
}

function ResetForm({ token, config, onDone }: { token: string; config: Config; onDone: () => void }) {
  const rule = ruleOf(config);
  const form = useApiForm({
    schema: newPasswordSchema(rule.minLength),
    initial: { password: '' },
    send: ({ password }) => confirmReset({ token, password }),
    onDone,
  });
  if (hasCode(form.error, problemCode.linkNotValid)) {
    return (
      <AuthFrame title="This link doesn't work" intro="Your password hasn't changed.">
        <div className={classes.form}>
          <FormFault error={form.error} />
          <Button size="md" fullWidth renderRoot={(props) => <Link to="/reset" {...props} />}>
            Send a new link
          </Button>
        </div>
      </AuthFrame>
    );
  }
  return (
    <AuthFrame title="Choose a new password" intro="This ends all your sessions.">
      <form noValidate onSubmit={form.submit} className={classes.form}>
        <FormFault error={form.error} />
        <NewPassword rule={rule} {...form.field('password')} />
        <Button type="submit" size="md" fullWidth loading={form.busy} disabled={form.wait > 0}>
          Set password
        </Button>
      </form>
    </AuthFrame>
  );
}
