import { Button, Loader } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { Delivery, Webhook } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { IconAlertTriangle, IconCircleCheck } from '@/components/icons';
import { ErrorNotice } from '@/components/notice';

import { deliveryQuery, testWebhook } from '../api';
import '../messages/catalogue';
import classes from './notifications.module.css';

/** Sends a test event and shows what became of it. */
export function WebhookTest({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const { t } = useTranslation('notifications');
  const sending = useMutation({ mutationFn: () => testWebhook(webhook.id) });
  return (
    <div className={classes.form}>
      <FormFault error={sending.error} />
      {!sending.data && <p className={classes.ask}>{t('test.about', { host: webhook.host })}</p>}
      {sending.data && <Result webhook={webhook} queued={sending.data} />}
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          {t('test.close')}
        </Button>
        <Button data-autofocus loading={sending.isPending} onClick={() => sending.mutate()}>
          {sending.data ? t('test.again') : t('webhooks.test')}
        </Button>
      </div>
    </div>
  );
}

function Result({ webhook, queued }: { webhook: Webhook; queued: Delivery }) {
  const { t } = useTranslation('notifications');
  const { data, error, refetch } = useQuery(deliveryQuery(webhook.id, queued.id));
  const { state, status, error: why } = data?.delivery ?? queued;
  if (!data && error) return <ErrorNotice error={error} title={t('log.loadFailed')} retry={() => void refetch()} />;
  return (
    <div className={classes.result} role="status" data-state={state}>
      {state === 'queued' && <Loader size={18} aria-hidden="true" />}
      {state === 'delivered' && <IconCircleCheck size={20} aria-hidden="true" />}
      {state === 'failed' && <IconAlertTriangle size={20} aria-hidden="true" />}
      <p>
        {state === 'queued' && t('test.waiting')}
        {state === 'delivered' && t('test.arrived', { status })}
        {state === 'failed' && `${t('test.failed')} ${why}`}
      </p>
    </div>
  );
}
