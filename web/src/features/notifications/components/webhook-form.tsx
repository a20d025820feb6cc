import { Button, Checkbox, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { JobNotable, Webhook } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { toastDone } from '@/components/toast';
import { given } from '@/lib/given';
import { useApiForm } from '@/lib/use-api-form';

import { addWebhook, changeWebhook, notificationKeys } from '../api';
import { eventKeys, jobNotables } from '../events';
import '../messages/catalogue';
import { webhookSchema } from '../schema';
import { LabelLimit, type LabelPicker } from './label-limit';
import classes from './notifications.module.css';
import { WebhookSecret } from './webhook-secret';

interface WebhookFormProps {
  /** The webhook to change; without it, one is added. */
  webhook?: Webhook;
  picker: LabelPicker;
  onClose: () => void;
}

interface Values {
  name: string;
  url: string;
  events: JobNotable[];
}

/** Adds a webhook and returns its secret, or changes one and returns nothing. */
async function save(webhook: Webhook | undefined, values: Values, labels: string[]): Promise<string> {
  if (!webhook) return (await addWebhook({ ...values, labels })).secret;
  await changeWebhook(webhook.id, { ...given(values), labels });
  return '';
}

/** Adds a webhook and shows its secret once, or changes one. */
export function WebhookForm({ webhook, picker, onClose }: WebhookFormProps) {
  const { t } = useTranslation('notifications');
  const client = useQueryClient();
  const [secret, setSecret] = useState('');
  const [labels, setLabels] = useState<string[]>(webhook?.labels ?? []);
  const initial: Values = webhook ? { name: webhook.name, url: '', events: webhook.events } : { name: '', url: '', events: [...jobNotables] };
  const form = useApiForm({
    schema: webhookSchema(webhook !== undefined),
    initial: { ...initial },
    send: (values) => save(webhook, values, labels),
    onDone: (made, { name }) => {
      void client.invalidateQueries({ queryKey: notificationKeys.webhooks });
      setSecret(made);
      if (made !== '') return;
      toastDone(t('webhooks.saved', { name }));
      onClose();
    },
  });
  if (secret !== '') return <WebhookSecret secret={secret} onDone={onClose} />;
  return (
    <form noValidate onSubmit={form.submit} className={classes.form}>
      <FormFault error={form.error} />
      <TextInput name="name" label={t('form.name')} description={t('form.nameHelp')} autoComplete="off" maxLength={100} {...form.field('name')} data-autofocus />
      <TextInput
        name="url"
        type="url"
        label={t('form.url')}
        description={webhook ? t('form.urlKept', webhook) : t('form.urlHelp')}
        placeholder="https://"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={2000}
        {...form.field('url')}
      />
      <Checkbox.Group label={t('form.events')} {...form.field('events')}>
        <div className={classes.choices}>
          {jobNotables.map((event) => (
            <Checkbox key={event} size="sm" value={event} label={t(`when.${eventKeys[event]}`)} />
          ))}
        </div>
      </Checkbox.Group>
      <LabelLimit name={t('limit.webhook')} chosen={labels} onChange={setLabels} picker={picker} />
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          {t('form.cancel')}
        </Button>
        <Button type="submit" loading={form.busy} disabled={form.wait > 0}>
          {webhook ? t('form.save') : t('form.add')}
        </Button>
      </div>
    </form>
  );
}
