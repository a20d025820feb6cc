import { Button, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { Config, OpenInvitation } from '@/api/model';
import { IconInbox, IconPlus } from '@/components/icons';
import { ErrorNotice, Notice } from '@/components/notice';
import { Page } from '@/components/page';
import { RelativeTime } from '@/components/relative-time';
import { toastDone, toastFailed } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';

import { invitationsQuery, userKeys, withdrawInvitation } from '../api';
import { InviteDialog } from './invite-dialog';
import { RegistrationPart } from './registration-part';
import { UserTabs } from './user-tabs';
import classes from './users.module.css';

/** Registration and open invitations. */
export function InvitationsPage({ config, onChanged }: { config: Config; onChanged: () => void }) {
  const [inviting, setInviting] = useState(false);
  const inviteButton = (
    <Button leftSection={<IconPlus size={17} />} onClick={() => setInviting(true)}>
      Invite
    </Button>
  );
  return (
    <Page title="Invitations" intro="Who can create an account, and who has been invited." actions={inviteButton}>
      <UserTabs />
      <RegistrationPart config={config} onChanged={onChanged} />
      <Open onInvite={() => setInviting(true)} />
      <InviteDialog opened={inviting} onClose={() => setInviting(false)} />
    </Page>
  );
}

function Open({ onInvite }: { onInvite: () => void }) {
  const client = useQueryClient();
  const { data: invitations, error, refetch } = useQuery(invitationsQuery());
  const confirmed = useConfirmed();
  const withdrawing = useMutation({
    mutationFn: (invitation: OpenInvitation) => confirmed(() => withdrawInvitation(invitation.id)),
    onSuccess: (_, invitation) => {
      toastDone(`Withdrew the invitation for ${invitation.email}.`);
      return client.invalidateQueries({ queryKey: userKeys.invitations() });
    },
    onError: (failure) => toastFailed("Couldn't withdraw the invitation", failure),
  });
  return (
    <section className={classes.part} aria-labelledby="open-invitations">
      <h2 id="open-invitations">Open invitations</h2>
      {!invitations && !error && <Skeleton height={110} radius="lg" />}
      {!invitations && error && <ErrorNotice error={error} title="Couldn't load the invitations" retry={() => void refetch()} />}
      {invitations?.length === 0 && (
        <Notice
          icon={IconInbox}
          title="No open invitations"
          action={
            <Button variant="default" onClick={onInvite}>
              Invite someone
            </Button>
          }
        >
          Unused invitations show up here for seven days.
        </Notice>
      )}
      {invitations && invitations.length > 0 && (
        <ul className={classes.invitations} aria-labelledby="open-invitations">
          {invitations.map((invitation) => (
            <li key={invitation.id}>
              <div className={classes.who}>
                <span className={classes.email} title={invitation.email}>
                  {invitation.email}
                </span>
                {invitation.role === 'admin' && <span className={classes.mark}>as admin</span>}
              </div>
              <span className={classes.when}>
                invited <RelativeTime at={invitation.createdAt} />, expires <RelativeTime at={invitation.expiresAt} />
              </span>
              <Button
                size="compact-sm"
                variant="default"
                aria-label={`Withdraw the invitation for ${invitation.email}`}
                loading={withdrawing.isPending && withdrawing.variables.id === invitation.id}
                onClick={() => withdrawing.mutate(invitation)}
              >
                Withdraw
              </Button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
