import { Button, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { AnyAnnouncement } from '@/api/model';
import { ErrorNotice } from '@/components/notice';
import { Page } from '@/components/page';
import { toastDone, toastFailed } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';
import { formatTime } from '@/lib/format';
import { text } from '@/lib/messages';
import { useNow } from '@/lib/use-now';

import '../page-messages/catalogue';
import { announcementKeys, anyAnnouncementQuery, endAnnouncement } from '../api';
import classes from './announcement.module.css';
import { AnnouncementForm } from './announcement-form';

/** What everyone is told, and until when. */
export function AnnouncementPage({ tabs }: { tabs: ReactNode }) {
  const { t } = useTranslation('announcementPage');
  const { data: announcement, dataUpdatedAt, error, isPending, refetch } = useQuery(anyAnnouncementQuery());
  return (
    <Page title={t('announcementPage.announcement')} intro={t('announcementPage.oneLineThat')}>
      {tabs}
      {isPending && <Skeleton height={260} radius="lg" />}
      {announcement === undefined && error && <ErrorNotice error={error} title={t('announcementPage.couldntLoadThe')} retry={() => void refetch()} />}
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
  const end = until === null ? text('announcementPage:announcementPage.untilYouRemove') : text('announcementPage:announcementPage.until', { until: formatTime(until, now) });
  if (Date.parse(from) > now) return text('announcementPage:announcementPage.showsFrom', { from: formatTime(from, now), end });
  return until !== null && Date.parse(until) <= now ? text('announcementPage:announcementPage.ended', { until: formatTime(until, now) }) : text('announcementPage:announcementPage.showsNow', { end });
}

function Current({ announcement, readAt }: { announcement: AnyAnnouncement; readAt: number }) {
  const { t } = useTranslation('announcementPage');
  const client = useQueryClient();
  const confirmed = useConfirmed();
  // The clock of the page stands still for seconds: one that was just made shows now.
  const now = Math.max(useNow(), readAt);
  const removing = useMutation({
    mutationFn: () => confirmed(endAnnouncement),
    onSuccess: () => {
      toastDone(t('announcementPage.removedTheAnnouncement'));
      return client.invalidateQueries({ queryKey: announcementKeys.all });
    },
    onError: (failure) => toastFailed(t('announcementPage.couldntRemoveThe'), failure),
  });
  return (
    <section className={classes.current} aria-label={t('announcementPage.currentAnnouncement')}>
      <p>
        <b>{announcement.text}</b>
      </p>
      <p className={classes.note}>
        {timesOf(announcement, now)} {announcement.public ? t('announcementPage.onTheSign') : t('announcementPage.afterSignIn')}
      </p>
      <Button size="compact-sm" variant="default" loading={removing.isPending} onClick={() => removing.mutate()}>
        {t('announcementPage.remove')}
      </Button>
    </section>
  );
}
