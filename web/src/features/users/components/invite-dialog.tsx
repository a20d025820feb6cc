import { Button, Modal, NativeSelect, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { Invited } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { RelativeTime } from '@/components/relative-time';
import { ShownOnce } from '@/components/shown-once';
import { useConfirmed } from '@/lib/confirmed';
import { roleNames } from '@/lib/role';
import { useApiForm } from '@/lib/use-api-form';

import { invite, userKeys } from '../api';
import { inviteSchema } from '../schema';
import { userRoles } from '../user';
import classes from './users.module.css';

/** Invites someone to create an account and shows the link once. */
export function InviteDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Invite someone" size="md">
      <InviteSteps onClose={onClose} />
    </Modal>
  );
}

const roles = userRoles.map((value) => ({ value, label: roleNames[value] }));

function InviteSteps({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const confirmed = useConfirmed();
  const [made, setMade] = useState<Invited>();
  const form = useApiForm({
    schema: inviteSchema,
    initial: { email: '', role: 'user' },
    send: ({ email, role }) => confirmed(() => invite(email, role)),
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
        description="The account will have this address. The link works for seven days."
        autoComplete="off"
        maxLength={254}
        {...form.field('email')}
        data-autofocus
      />
      <NativeSelect name="role" label="Role" data={roles} {...form.field('role')} />
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={form.busy} disabled={form.wait > 0}>
          Invite
        </Button>
      </div>
    </form>
  );
}

function Link({ invited, onClose }: { invited: Invited; onClose: () => void }) {
  return (
    <ShownOnce label="Invitation link" value={invited.url} copyLabel="Copy link" onDone={onClose}>
      {invited.mailed ? 'We mailed the link. You can also share it yourself.' : "This installation can't send mail, so share the link yourself."} It works
      once, expires <RelativeTime at={invited.invitation.expiresAt} /> and won't be shown again.
    </ShownOnce>
  );
}
