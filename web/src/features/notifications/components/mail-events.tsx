import { Checkbox, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { JobNotable } from '@/api/model';
import { ErrorNotice } from '@/components/notice';
import { toastFailed } from '@/components/toast';

import { chooseMailEvents, mailEventsQuery, notificationKeys } from '../api';
import { eventKeys, jobNotables } from '../events';
import '../messages/catalogue';
import classes from './notifications.module.css';

/** The events for which there are mails; a choice holds at once. */
export function MailEvents({ mail }: { mail: boolean }) {
  const { t } = useTranslation('notifications');
  const client = useQueryClient();
  const { data: chosen, error, isPending, refetch } = useQuery(mailEventsQuery());
  const choosing = useMutation({
    mutationFn: chooseMailEvents,
    // One after the other, so that the last choice is what stays.
    scope: { id: 'mail-events' },
    onMutate: (events) => {
      const before = client.getQueryData(mailEventsQuery().queryKey);
      client.setQueryData(mailEventsQuery().queryKey, events);
      return before;
    },
    onError: (failure) => {
      toastFailed(t('mail.saveFailed'), failure);
      void client.invalidateQueries({ queryKey: notificationKeys.mail() });
    },
  });
  if (isPending) return <Skeleton height={90} radius="md" />;
  if (!chosen) return <ErrorNotice error={error} title={t('mail.failed')} retry={() => void refetch()} />;
  return (
    <>
      <Checkbox.Group label={t('mail.label')} value={chosen} onChange={(events) => choosing.mutate(jobNotables.filter((each: JobNotable) => events.includes(each)))}>
        <div className={classes.choices}>
          {jobNotables.map((event) => (
            <Checkbox key={event} size="sm" value={event} label={t(`when.${eventKeys[event]}`)} />
          ))}
        </div>
      </Checkbox.Group>
      {!mail && <p className={classes.note}>{t('mail.off')}</p>}
    </>
  );
}
