import { Button, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';

import type { Config, OpenInvitation } from '@/api/model';
import { IconInbox, IconPlus } from '@/components/icons';
import { ErrorNotice, Notice } from '@/components/notice';
import { Page } from '@/components/page';
import { RelativeTime } from '@/components/relative-time';
import { toastDone, toastFailed } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';

import '../messages/catalogue';
import { invitationsQuery, userKeys, withdrawInvitation } from '../api';
import { InviteDialog } from './invite-dialog';
import { RegistrationPart } from './registration-part';
import { UserTabs } from './user-tabs';
import classes from './users.module.css';

/** Registration and open invitations. */
export function InvitationsPage({ config, onChanged }: { config: Config; onChanged: () => void }) {
  const { t } = useTranslation('users');
  const [inviting, setInviting] = useState(false);
  const inviteButton = (
    <Button leftSection={<IconPlus size={17} />} onClick={() => setInviting(true)}>
      {t('invitationsPage.invite')}
    </Button>
  );
  return (
    <Page title={t('invitationsPage.invitations')} intro={t('invitationsPage.whoCanCreate')} actions={inviteButton}>
      <UserTabs />
      <RegistrationPart config={config} onChanged={onChanged} />
      <Open onInvite={() => setInviting(true)} />
      <InviteDialog opened={inviting} onClose={() => setInviting(false)} />
    </Page>
  );
}

function Open({ onInvite }: { onInvite: () => void }) {
  const { t } = useTranslation('users');
  const client = useQueryClient();
  const { data: invitations, error, refetch } = useQuery(invitationsQuery());
  const confirmed = useConfirmed();
  const withdrawing = useMutation({
    mutationFn: (invitation: OpenInvitation) => confirmed(() => withdrawInvitation(invitation.id)),
    onSuccess: (_, invitation) => {
      toastDone(t('invitationsPage.withdrewTheInvitation', { email: invitation.email }));
      return client.invalidateQueries({ queryKey: userKeys.invitations() });
    },
    onError: (failure) => toastFailed(t('invitationsPage.couldntWithdrawThe'), failure),
  });
  return (
    <section className={classes.part} aria-labelledby="open-invitations">
      <h2 id="open-invitations">{t('invitationsPage.openInvitations')}</h2>
      {!invitations && !error && <Skeleton height={110} radius="lg" />}
      {!invitations && error && <ErrorNotice error={error} title={t('invitationsPage.couldntLoadThe')} retry={() => void refetch()} />}
      {invitations?.length === 0 && (
        <Notice
          icon={IconInbox}
          title={t('invitationsPage.noOpenInvitations')}
          action={
            <Button variant="default" onClick={onInvite}>
              {t('invitationsPage.inviteSomeone')}
            </Button>
          }
        >
          {t('invitationsPage.unusedInvitationsShow')}
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
                {invitation.role === 'admin' && <span className={classes.mark}>{t('invitationsPage.asAdmin')}</span>}
              </div>
              <span className={classes.when}>
                <Trans t={t} i18nKey="invitationsPage.invitedExpires" components={{ relativetime: <RelativeTime at={invitation.createdAt} />, relativetime2: <RelativeTime at={invitation.expiresAt} /> }} />
              </span>
              <Button
                size="compact-sm"
                variant="default"
                aria-label={t('invitationsPage.withdrawTheInvitation', { email: invitation.email })}
                loading={withdrawing.isPending && withdrawing.variables.id === invitation.id}
                onClick={() => withdrawing.mutate(invitation)}
              >
                {t('invitationsPage.withdraw')}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
