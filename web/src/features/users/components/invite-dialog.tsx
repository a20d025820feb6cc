import { Button, Modal, NativeSelect, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';

import type { Invited } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { RelativeTime } from '@/components/relative-time';
import { ShownOnce } from '@/components/shown-once';
import { useConfirmed } from '@/lib/confirmed';
import { roleNames } from '@/lib/role';
import { useApiForm } from '@/lib/use-api-form';

import '../messages/catalogue';
import { invite, userKeys } from '../api';
import { inviteSchema } from '../schema';
import { userRoles } from '../choices';
import classes from './users.module.css';

/** Invites someone to create an account and shows the link once. */
export function InviteDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation('users');
  return (
    <Modal opened={opened} onClose={onClose} title={t('inviteDialog.inviteSomeone')} size="md">
      <InviteSteps onClose={onClose} />
    </Modal>
  );
}

const roles = userRoles.map((value) => ({ value, label: roleNames[value] }));

function InviteSteps({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('users');
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
        label={t('inviteDialog.eMailAddress')}
        description={t('inviteDialog.theAccountWill')}
        autoComplete="off"
        maxLength={254}
        {...form.field('email')}
        data-autofocus
      />
      <NativeSelect name="role" label={t('inviteDialog.role')} data={roles} {...form.field('role')} />
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          {t('inviteDialog.cancel')}
        </Button>
        <Button type="submit" loading={form.busy} disabled={form.wait > 0}>
          {t('inviteDialog.invite')}
        </Button>
      </div>
    </form>
  );
}

function Link({ invited, onClose }: { invited: Invited; onClose: () => void }) {
  const { t } = useTranslation('users');
  return (
    <ShownOnce label={t('inviteDialog.invitationLink')} value={invited.url} copyLabel={t('inviteDialog.copyLink')} onDone={onClose}>
      {invited.mailed ? <Trans t={t} i18nKey="inviteDialog.weMailedThe" components={{ relativetime: <RelativeTime at={invited.invitation.expiresAt} /> }} /> : <Trans t={t} i18nKey="inviteDialog.thisInstallationCant" components={{ relativetime: <RelativeTime at={invited.invitation.expiresAt} /> }} />}
    </ShownOnce>
  );
}
