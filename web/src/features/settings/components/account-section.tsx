import { Button, Modal, TextInput } from '@mantine/core';
import { useState } from 'react';

import type { Config, Me } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { IconLogout } from '@/components/icons';
import { NewPassword, ruleOf } from '@/components/new-password';
import { toastDone } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';
import { useFirstFocus } from '@/lib/use-first-focus';
import { roleNames } from '@/lib/role';
import { useApiForm } from '@/lib/use-api-form';

import { changeEmail, changePassword } from '../api';
import { emailSchema, passwordSchema } from '../schema';
import { Section } from './section';
import classes from './settings.module.css';

interface AccountSectionProps {
  me: Me;
  config: Config;
  onSignOut: () => void;
}

/** Who is signed in, with buttons to change address and password. */
export function AccountSection({ me, config, onSignOut }: AccountSectionProps) {
  const [open, setOpen] = useState<'email' | 'password'>();
  const close = () => setOpen(undefined);
  return (
    <Section title="Account" text="Your address and password.">
      <p className={classes.email}>{me.email}</p>
      <p className={classes.role}>{roleNames[me.role]}</p>
      <div className={classes.row}>
        {config.mail && (
          <Button variant="default" onClick={() => setOpen('email')}>
            Change address
          </Button>
        )}
        <Button variant="default" onClick={() => setOpen('password')}>
          Change password
        </Button>
        <Button variant="default" leftSection={<IconLogout size={16} />} onClick={onSignOut}>
          Sign out
        </Button>
      </div>
      <Modal opened={open === 'email'} onClose={close} title="Change address">
        <EmailForm onClose={close} />
      </Modal>
      <Modal opened={open === 'password'} onClose={close} title="Change password">
        <PasswordForm me={me} config={config} onClose={close} />
      </Modal>
    </Section>
  );
}

function EmailForm({ onClose }: { onClose: () => void }) {
  const confirmed = useConfirmed();
  const [mailedTo, setMailedTo] = useState('');
  const form = useApiForm({
    schema: emailSchema,
    initial: { email: '' },
    send: ({ email }) => confirmed(() => changeEmail(email)),
    onDone: (_, { email }) => setMailedTo(email),
  });
  if (mailedTo !== '') return <LinkSent email={mailedTo} onClose={onClose} />;
  return (
    <form noValidate onSubmit={form.submit} className={classes.form}>
      <FormFault error={form.error} />
      <TextInput
        name="email"
        type="email"
        label="New address"
        description="We'll send a link to it. Your address changes when you open it."
        autoComplete="email"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={254}
        {...form.field('email')}
        data-autofocus
      />
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={form.busy} disabled={form.wait > 0}>
          Send link
        </Button>
      </div>
    </form>
  );
}

function LinkSent({ email, onClose }: { email: string; onClose: () => void }) {
  const done = useFirstFocus<HTMLButtonElement>();
  return (
    <div className={classes.form}>
      <p className={classes.note} role="status">
        We sent a link to <b>{email}</b>. Open it within 30 minutes to change your address.
      </p>
      <div className={classes.buttons}>
        <Button ref={done} onClick={onClose}>
          Done
        </Button>
      </div>
    </div>
  );
}

function PasswordForm({ me, config, onClose }: { me: Me; config: Config; onClose: () => void }) {
  const confirmed = useConfirmed();
  const rule = ruleOf(config);
  const form = useApiForm({
    schema: passwordSchema(rule.minLength),
    initial: { password: '' },
    send: ({ password }) => confirmed(() => changePassword(password)),
    onDone: () => {
      toastDone('Password changed. All your other sessions have ended.');
      onClose();
    },
  });
  return (
    <form noValidate onSubmit={form.submit} className={classes.form}>
      <p className={classes.note}>This ends all your other sessions.</p>
      <FormFault error={form.error} />
      {/* Tells password managers whose password it is. */}
      <input type="email" autoComplete="username" value={me.email} readOnly hidden aria-hidden="true" />
      <NewPassword rule={rule} size="sm" {...form.field('password')} />
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={form.busy} disabled={form.wait > 0}>
          Set password
        </Button>
      </div>
    </form>
  );
}
