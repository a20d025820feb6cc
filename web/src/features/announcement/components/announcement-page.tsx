import { Button, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import type { AnyAnnouncement } from '@/api/model';
import { ErrorNotice } from '@/components/notice';
import { Page } from '@/components/page';
import { toastDone, toastFailed } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';
import { formatTime } from '@/lib/format';
import { useNow } from '@/lib/use-now';

import { announcementKeys, anyAnnouncementQuery, endAnnouncement } from '../api';
import classes from './announcement.module.css';
import { AnnouncementForm } from './announcement-form';

/** What everyone is told, and until when. */
export function AnnouncementPage({ tabs }: { tabs: ReactNode }) {
  const { data: announcement, dataUpdatedAt, error, isPending, refetch } = useQuery(anyAnnouncementQuery());
  return (
    <Page title="Announcement" intro="One line that everyone who is signed in reads above every page, within seconds.">
      {tabs}
      {isPending && <Skeleton height={260} radius="lg" />}
      {announcement === undefined && error && <ErrorNotice error={error} title="Couldn't load the announcement" retry={() => void refetch()} />}
      {announcement !== undefined && (
        <>
          {announcement && <Current announcement={announcement} readAt={dataUpdatedAt} />}
          <AnnouncementForm key={announcement?.id ?? ''} current={announcement} />
        </>
      )}
    </Page>
  );
}

function timesOf({ from, until }: AnyAnnouncement, now: number): string {
  const end = until === null ? 'until you remove it' : `until ${formatTime(until, now)}`;
  if (Date.parse(from) > now) return `Shows from ${formatTime(from, now)} ${end}.`;
  return until !== null && Date.parse(until) <= now ? `Ended ${formatTime(until, now)}.` : `Shows now, ${end}.`;
}

function Current({ announcement, readAt }: { announcement: AnyAnnouncement; readAt: number }) {
  const client = useQueryClient();
  const confirmed = useConfirmed();
  // The clock of the page stands still for seconds: one that was just made shows now.
  const now = Math.max(useNow(), readAt);
  const removing = useMutation({
    mutationFn: () => confirmed(endAnnouncement),
    onSuccess: () => {
      toastDone('Removed the announcement.');
      return client.invalidateQueries({ queryKey: announcementKeys.all });
    },
    onError: (failure) => toastFailed("Couldn't remove the announcement", failure),
  });
  return (
    <section className={classes.current} aria-label="Current announcement">
      <p>
        <b>{announcement.text}</b>
      </p>
      <p className={classes.note}>
        {timesOf(announcement, now)} {announcement.public ? 'On the sign-in page, too.' : 'After sign-in only.'}
      </p>
      <Button size="compact-sm" variant="default" loading={removing.isPending} onClick={() => removing.mutate()}>
        Remove
      </Button>
    </section>
  );
}
