import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Delivery, Webhook } from '@/api/model';
import { HealthLabel, type Health } from '@/components/health-label';
import { IconAlertTriangle, IconCircleCheck, IconHourglassHigh } from '@/components/icons';
import { RecordList } from '@/components/record-list';
import { RelativeTime } from '@/components/relative-time';
import { formatTime } from '@/lib/format';
import { useNow } from '@/lib/use-now';

import { deliveriesQuery } from '../api';
import { eventKeys } from '../events';
import '../messages/catalogue';
import { DeliveryInFull } from './delivery-in-full';
import classes from './notifications.module.css';

/** What was sent to a webhook, newest first. */
export function Deliveries({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation('notifications');
  const list = useInfiniteQuery(deliveriesQuery(webhook.id));
  return (
    <div className={classes.log}>
      <p className={classes.note}>{t('log.about')}</p>
      <RecordList
        label={t('log.title', webhook)}
        noun={t('log.noun')}
        list={list}
        keyOf={(delivery) => delivery.id}
        render={(delivery) => <DeliveryRow webhook={webhook} delivery={delivery} />}
        empty={t('log.empty')}
        onAll={undefined}
      />
    </div>
  );
}

function useHealth({ state, attempts }: Delivery): Health {
  const { t } = useTranslation('notifications');
  switch (state) {
    case 'delivered':
      return { label: t('log.delivered'), icon: IconCircleCheck, tone: 'ok' };
    case 'failed':
      return { label: t('log.failed'), icon: IconAlertTriangle, tone: 'bad' };
    case 'queued':
      return attempts === 0 ? { label: t('log.queued'), icon: IconHourglassHigh, tone: 'idle' } : { label: t('log.retrying'), icon: IconHourglassHigh, tone: 'warn' };
  }
}

function DeliveryRow({ webhook, delivery }: { webhook: Webhook; delivery: Delivery }) {
  const { t } = useTranslation('notifications');
  const [open, setOpen] = useState(false);
  const id = useId();
  const health = useHealth(delivery);
  const event = t(`event.${eventKeys[delivery.event]}`);
  const when = formatTime(delivery.createdAt, useNow());
  return (
    <div className={classes.delivery}>
      <div className={classes.head}>
        <p className={classes.title}>{event}</p>
        <HealthLabel health={health} />
      </div>
      <p className={classes.facts}>
        <RelativeTime at={delivery.createdAt} />
        <span>{delivery.attempts === 0 ? t('log.notTried') : t('log.attempts', { count: delivery.attempts })}</span>
        {delivery.nextAt !== null && (
          <span>
            {t('log.next')} <RelativeTime at={delivery.nextAt} />
          </span>
        )}
      </p>
      {delivery.error !== '' && <p className={classes.note}>{delivery.error}</p>}
      <Button className={classes.toggle} size="compact-sm" variant="subtle" aria-expanded={open} aria-controls={id} aria-label={t('log.detailsOf', { event, when })} onClick={() => setOpen(!open)}>
        {t('log.details')}
      </Button>
      <div id={id}>{open && <DeliveryInFull webhook={webhook.id} id={delivery.id} />}</div>
    </div>
  );
}
