import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Trans, useTranslation } from 'react-i18next';

import type { Webhook } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { FormFault } from '@/components/form-fault';
import { toastDone, toastFailed } from '@/components/toast';

import { deleteWebhook, notificationKeys, renewSecret } from '../api';
import '../messages/catalogue';
import classes from './notifications.module.css';
import { WebhookSecret } from './webhook-secret';

/** Replaces a webhook's secret, and shows the new one once. */
export function RenewSecret({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const { t } = useTranslation('notifications');
  const renewing = useMutation({ mutationFn: () => renewSecret(webhook.id), gcTime: 0 });
  if (renewing.data) return <WebhookSecret secret={renewing.data.secret} onDone={onClose} />;
  return (
    <div className={classes.form}>
      <FormFault error={renewing.error} />
      <p className={classes.ask}>
        <Trans t={t} i18nKey="renew.text" values={{ name: webhook.name }} components={{ b: <b dir="auto" /> }} />
      </p>
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          {t('form.cancel')}
        </Button>
        <Button color="red.8" data-autofocus loading={renewing.isPending} onClick={() => renewing.mutate()}>
          {t('renew.confirm')}
        </Button>
      </div>
    </div>
  );
}

/** Asks before a webhook is deleted; without a webhook it asks nothing. */
export function RemoveWebhook({ webhook, onClose }: { webhook: Webhook | undefined; onClose: () => void }) {
  const { t } = useTranslation('notifications');
  const client = useQueryClient();
  const deleting = useMutation({
    mutationFn: ({ id }: Webhook) => deleteWebhook(id),
    onSuccess: (_, { name }) => {
      toastDone(t('webhooks.deleted', { name }));
      return client.invalidateQueries({ queryKey: notificationKeys.webhooks });
    },
    onError: (failure) => toastFailed(t('webhooks.deleteFailed'), failure),
    onSettled: onClose,
  });
  return (
    <ConfirmDialog
      opened={webhook !== undefined}
      title={t('remove.title')}
      confirmLabel={t('remove.confirm')}
      busy={deleting.isPending}
      onConfirm={() => webhook && deleting.mutate(webhook)}
      onClose={onClose}
    >
      <p>
        <Trans t={t} i18nKey="remove.text" values={{ name: webhook?.name ?? '' }} components={{ b: <b dir="auto" /> }} />
      </p>
    </ConfirmDialog>
  );
}
