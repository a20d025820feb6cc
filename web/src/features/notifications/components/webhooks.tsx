import { Button, Modal, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Webhook } from '@/api/model';
import { IconPlus, IconWebhook } from '@/components/icons';
import { ErrorNotice, Notice } from '@/components/notice';

import { webhooksQuery } from '../api';
import '../messages/catalogue';
import { Deliveries } from './deliveries';
import type { LabelPicker } from './label-limit';
import classes from './notifications.module.css';
import { RemoveWebhook, RenewSecret } from './webhook-asks';
import { WebhookForm } from './webhook-form';
import { WebhookItem, type WebhookAsk } from './webhook-item';
import { WebhookTest } from './webhook-test';

interface Asked {
  what: WebhookAsk;
  webhook: Webhook;
}

/** The user's webhooks. */
export function Webhooks({ picker }: { picker: LabelPicker }) {
  const { t } = useTranslation('notifications');
  const { data: webhooks, error, isPending, refetch } = useQuery(webhooksQuery());
  const [adding, setAdding] = useState(false);
  const [asked, setAsked] = useState<Asked>();
  const close = () => setAsked(undefined);
  if (isPending) return <Skeleton height={110} radius="md" />;
  if (!webhooks) return <ErrorNotice error={error} title={t('webhooks.failed')} retry={() => void refetch()} />;
  const add = (
    <Button variant="default" leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
      {t('webhooks.add')}
    </Button>
  );
  return (
    <>
      {webhooks.length === 0 && (
        <Notice icon={IconWebhook} title={t('webhooks.emptyTitle')} action={add}>
          {t('webhooks.empty')}
        </Notice>
      )}
      {webhooks.length > 0 && (
        <ul className={classes.cards} aria-label={t('webhooks.list')}>
          {webhooks.map((webhook) => (
            <WebhookItem key={webhook.id} webhook={webhook} onAsk={(what) => setAsked({ what, webhook })} />
          ))}
        </ul>
      )}
      {webhooks.length > 0 && add}
      <Modal opened={adding} onClose={() => setAdding(false)} title={t('form.add')} closeOnClickOutside={false}>
        <WebhookForm picker={picker} onClose={() => setAdding(false)} />
      </Modal>
      <Dialogs asked={asked} picker={picker} onClose={close} />
    </>
  );
}

function Dialogs({ asked, picker, onClose }: { asked: Asked | undefined; picker: LabelPicker; onClose: () => void }) {
  const { t } = useTranslation('notifications');
  const webhook = asked?.webhook;
  const name = webhook?.name ?? '';
  return (
    <>
      <Modal opened={asked?.what === 'edit'} onClose={onClose} title={t('form.edit')} closeOnClickOutside={false}>
        {webhook && <WebhookForm webhook={webhook} picker={picker} onClose={onClose} />}
      </Modal>
      <Modal opened={asked?.what === 'test'} onClose={onClose} title={t('test.title', { name })}>
        {webhook && <WebhookTest webhook={webhook} onClose={onClose} />}
      </Modal>
      <Modal opened={asked?.what === 'log'} onClose={onClose} title={t('log.title', { name })} size="lg">
        {webhook && <Deliveries webhook={webhook} />}
      </Modal>
      <Modal opened={asked?.what === 'renew'} onClose={onClose} title={t('renew.title')} closeOnClickOutside={false}>
        {webhook && <RenewSecret webhook={webhook} onClose={onClose} />}
      </Modal>
      <RemoveWebhook webhook={asked?.what === 'delete' ? asked.webhook : undefined} onClose={onClose} />
    </>
  );
}
