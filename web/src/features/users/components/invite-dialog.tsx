import { Button, CopyButton, Modal, NativeSelect, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { Invited } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { IconCheck, IconCopy } from '@/components/icons';
import { RelativeTime } from '@/components/relative-time';
import { useForm } from '@/lib/use-form';

import { invite, userKeys } from '../api';
import { inviteSchema } from '../schema';
import classes from './users.module.css';

/** Invites somebody to make an account and shows the link, this once. */
export function InviteDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Invite somebody" size="md">
      <InviteSteps onClose={onClose} />
    </Modal>
  );
}

const roles = [
  { value: 'user', label: 'User' },
  { value: 'admin', label: 'Administrator' },
];

function InviteSteps({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const [made, setMade] = useState<Invited>();
  const form = useForm({
    schema: inviteSchema,
    send: ({ email, role }) => invite(email, role),
    onDone: (invited) => {
      setMade(invited);
      void client.invalidateQueries({ queryKey: userKeys.invitations() });
    },
  });
  if (made) return <Link invited={made} onClose={onClose} />;
  return (
    <form noValidate className={classes.form} onSubmit={form.submit}>
      <FormFault error={form.error} />
      <TextInput
        name="email"
        type="email"
        label="E-mail address"
        description="The account gets this address. The link works for seven days."
        autoComplete="off"
        maxLength={254}
        error={form.faults.email}
        data-autofocus
      />
      <NativeSelect name="role" label="Role" data={roles} error={form.faults.role} />
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          Close
        </Button>
        <Button type="submit" loading={form.busy}>
          Invite
        </Button>
      </div>
    </form>
  );
}

function Link({ invited, onClose }: { invited: Invited; onClose: () => void }) {
  return (
    <div className={classes.form}>
      <p className={classes.note}>
        {invited.mailed ? 'The link is on its way by mail, and you may pass it on yourself.' : 'This installation sends no mail: pass the link on yourself.'} It
        works once, expires <RelativeTime at={invited.invitation.expiresAt} /> and is not shown again.
      </p>
      {/* A scrolling region without anything focusable in it must take the focus itself. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre className={classes.link} tabIndex={0} aria-label="Invitation link">
        {invited.url}
      </pre>
      <div className={classes.buttons}>
        <CopyButton value={invited.url}>
          {({ copied, copy }) => (
            <Button leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />} onClick={copy}>
              {copied ? 'Copied' : 'Copy the link'}
            </Button>
          )}
        </CopyButton>
        <Button variant="default" onClick={onClose}>
          Done
        </Button>
      </div>
    </div>
  );
}
