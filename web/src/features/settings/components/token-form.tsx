import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Me } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { useConfirmed } from '@/lib/confirmed';
import { text } from '@/lib/messages';
import { useApiForm } from '@/lib/use-api-form';

import '../messages/catalogue';
import { makeToken, settingsKeys } from '../api';
import { tokenSchema } from '../schema';
import { scopes, scopeTexts } from '../scopes';
import { SecretBox } from './secret-box';
import classes from './settings.module.css';

const lives = [
  { value: '30', label: text('settings:tokenForm.n30Days') },
  { value: '90', label: text('settings:tokenForm.n90Days') },
  { value: '365', label: text('settings:tokenForm.n1Year') },
];

/** Creates an API token and shows it once. */
export function TokenForm({ me, onClose }: { me: Me; onClose: () => void }) {
  const { t } = useTranslation('settings');
  const client = useQueryClient();
  const confirmed = useConfirmed();
  const [made, setMade] = useState('');
  const form = useApiForm({
    schema: tokenSchema,
    initial: { name: '', scopes: ['jobs:read', 'jobs:write', 'files:read'], expiresInDays: '90' },
    send: (values) => confirmed(() => makeToken(values)),
    onDone: ({ token }) => {
      setMade(token);
      void client.invalidateQueries({ queryKey: settingsKeys.tokens });
    },
  });
  if (made !== '') {
    return (
      <div className={classes.form}>
        <p className={classes.note}>{t('tokenForm.copyItNow')}</p>
        <SecretBox label={t('tokenForm.apiToken')} value={made} focused />
        <div className={classes.buttons}>
          <Button onClick={onClose}>{t('tokenForm.done')}</Button>
        </div>
      </div>
    );
  }
  return (
    <form noValidate onSubmit={form.submit} className={classes.form}>
      <FormFault error={form.error} />
      <TextInput
        name="name"
        label={t('tokenForm.name')}
        description={t('tokenForm.whatItIs')}
        autoComplete="off"
        maxLength={100}
        {...form.field('name')}
        data-autofocus
      />
      <Checkbox.Group label={t('tokenForm.permissions')} {...form.field('scopes')}>
        <div className={classes.scopes}>
          {scopes
            .filter((scope) => scope !== 'admin' || me.role === 'admin')
            .map((scope) => (
              <Checkbox key={scope} size="sm" value={scope} label={scopeTexts[scope]} />
            ))}
        </div>
      </Checkbox.Group>
      <NativeSelect name="expiresInDays" label={t('tokenForm.expiresAfter')} data={lives} {...form.field('expiresInDays')} />
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          {t('tokenForm.cancel')}
        </Button>
        <Button type="submit" loading={form.busy} disabled={form.wait > 0}>
          {t('tokenForm.createToken')}
        </Button>
      </div>
    </form>
  );
}
