import { Button, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { ErrorNotice } from '@/components/notice';
import { RelativeTime } from '@/components/relative-time';
import { toastDone, toastFailed } from '@/components/toast';

import { deliveryQuery, notificationKeys, replayDelivery } from '../api';
import '../messages/catalogue';
import classes from './notifications.module.css';

/** A delivery with its attempts and what is sent. */
export function DeliveryInFull({ webhook, id }: { webhook: string; id: string }) {
  const { t } = useTranslation('notifications');
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(deliveryQuery(webhook, id));
  const replaying = useMutation({
    mutationFn: () => replayDelivery(webhook, id),
    onSuccess: () => {
      toastDone(t('log.replayed'));
      return client.invalidateQueries({ queryKey: notificationKeys.deliveries(webhook) });
    },
    onError: (failure) => toastFailed(t('log.replayFailed'), failure),
  });
  if (!data) return error ? <ErrorNotice error={error} title={t('log.loadFailed')} retry={() => void refetch()} /> : <Skeleton height={120} radius="md" />;
  const { delivery, attempts, body } = data;
  return (
    <div className={classes.full}>
      {attempts.length > 0 && (
        <ol className={classes.attempts} aria-label={t('log.attemptList')}>
          {attempts.map(({ number, at, milliseconds, status, error: why }) => (
            <li key={number}>
              {why === '' ? t('log.arrived', { status }) : why} <RelativeTime at={at} />, {t('log.took', { ms: milliseconds })}
            </li>
          ))}
        </ol>
      )}
      <p className={classes.note}>
        {t('log.message')} <span className={classes.mono}>{`msg_${delivery.messageId}`}</span>
      </p>
      {/* A scrolling region with nothing focusable in it must be focusable. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre className={classes.body} tabIndex={0} aria-label={t('log.body')}>
        {JSON.stringify(body, null, 2)}
      </pre>
      {delivery.state !== 'queued' && (
        <Button className={classes.toggle} size="compact-sm" variant="default" loading={replaying.isPending} onClick={() => replaying.mutate()}>
          {t('log.replay')}
        </Button>
      )}
    </div>
  );
}
