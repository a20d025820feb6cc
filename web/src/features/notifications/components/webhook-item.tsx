import { ActionIcon, Button, Menu } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { Webhook } from '@/api/model';
import { HealthLabel, type Health } from '@/components/health-label';
import { IconAlertTriangle, IconBan, IconCircleCheck, IconDots, IconPlayerPause } from '@/components/icons';
import { toastDone, toastFailed } from '@/components/toast';
import { formatTime } from '@/lib/format';
import { isolated } from '@/lib/isolated';
import { useMenuButton } from '@/lib/use-menu-button';
import { useNow } from '@/lib/use-now';

import { changeWebhook, notificationKeys } from '../api';
import { eventKeys } from '../events';
import '../messages/catalogue';
import classes from './notifications.module.css';

/** What a dialog can be about. */
export type WebhookAsk = 'edit' | 'test' | 'log' | 'renew' | 'delete';

interface WebhookItemProps {
  webhook: Webhook;
  onAsk: (what: WebhookAsk) => void;
}

function useHealth({ enabled, offReason, failingSince }: Webhook): { health: Health; why: string } {
  const { t } = useTranslation('notifications');
  const now = useNow();
  if (enabled && failingSince === null) return { health: { label: t('webhooks.on'), icon: IconCircleCheck, tone: 'ok' }, why: '' };
  if (enabled) {
    const since = formatTime(failingSince ?? '', now);
    return { health: { label: t('webhooks.failing'), icon: IconAlertTriangle, tone: 'warn' }, why: t('webhooks.whyFailing', { since }) };
  }
  switch (offReason) {
    case 'gone':
      return { health: { label: t('webhooks.offGone'), icon: IconBan, tone: 'bad' }, why: t('webhooks.whyOffGone') };
    case 'failing':
      return { health: { label: t('webhooks.offFailing'), icon: IconAlertTriangle, tone: 'bad' }, why: t('webhooks.whyOffFailing') };
    default:
      return { health: { label: t('webhooks.offByYou'), icon: IconPlayerPause, tone: 'idle' }, why: t('webhooks.whyOffByYou') };
  }
}

/** One webhook: how it is, and what can be done with it. */
export function WebhookItem({ webhook, onAsk }: WebhookItemProps) {
  const { t } = useTranslation('notifications');
  const { health, why } = useHealth(webhook);
  const events = webhook.events.map((event) => t(`when.${eventKeys[event]}`)).join(', ');
  return (
    <li className={classes.card} aria-label={webhook.name}>
      <div className={classes.head}>
        <p className={classes.title}>{isolated(webhook.name)}</p>
        <HealthLabel health={health} />
      </div>
      <p className={classes.host}>{webhook.host}</p>
      <p className={classes.note}>{events === '' ? t('webhooks.noEvents') : t('webhooks.events', { events })}</p>
      {why !== '' && <p className={classes.note}>{why}</p>}
      <div className={classes.acts}>
        <Button size="compact-sm" variant="default" aria-label={t('webhooks.testFor', webhook)} onClick={() => onAsk('test')}>
          {t('webhooks.test')}
        </Button>
        <Button size="compact-sm" variant="default" aria-label={t('webhooks.logFor', webhook)} onClick={() => onAsk('log')}>
          {t('webhooks.log')}
        </Button>
        <More webhook={webhook} onAsk={onAsk} />
      </div>
    </li>
  );
}

function More({ webhook, onAsk }: WebhookItemProps) {
  const { t } = useTranslation('notifications');
  const client = useQueryClient();
  const { button, choose } = useMenuButton();
  const turning = useMutation({
    mutationFn: (enabled: boolean) => changeWebhook(webhook.id, { enabled }),
    onSuccess: ({ enabled, name }) => {
      toastDone(t(enabled ? 'webhooks.turnedOn' : 'webhooks.turnedOff', { name }));
      return client.invalidateQueries({ queryKey: notificationKeys.webhooks });
    },
    onError: (failure) => toastFailed(t('webhooks.changeFailed'), failure),
  });
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon ref={button} variant="default" size={30} loading={turning.isPending} aria-label={t('webhooks.more', webhook)}>
          <IconDots size={17} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item data-autofocus onClick={() => choose(() => turning.mutate(!webhook.enabled))}>
          {t(webhook.enabled ? 'webhooks.turnOff' : 'webhooks.turnOn')}
        </Menu.Item>
        <Menu.Item onClick={() => choose(() => onAsk('edit'))}>{t('webhooks.edit')}</Menu.Item>
        <Menu.Item onClick={() => choose(() => onAsk('renew'))}>{t('webhooks.renew')}</Menu.Item>
        <Menu.Item className={classes.danger} onClick={() => choose(() => onAsk('delete'))}>
          {t('webhooks.delete')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
