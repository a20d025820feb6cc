import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { Me } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { useConfirmed } from '@/lib/confirmed';
import { useApiForm } from '@/lib/use-api-form';

import { makeToken, settingsKeys } from '../api';
import { tokenSchema } from '../schema';
import { scopes, scopeTexts } from '../scopes';
import { SecretBox } from './secret-box';
import classes from './settings.module.css';

const lives = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: '1 year' },
];

/** Creates an API token and shows it once. */
export function TokenForm({ me, onClose }: { me: Me; onClose: () => void }) {
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
        <p className={classes.note}>Copy it now. It won't be shown again.</p>
        <SecretBox label="API token" value={made} focused />
        <div className={classes.buttons}>
          <Button onClick={onClose}>Done</Button>
        </div>
      </div>
    );
  }
  return (
    <form noValidate onSubmit={form.submit} className={classes.form}>
      <FormFault error={form.error} />
      <TextInput
        name="name"
        label="Name"
        description="What it is for, such as “laptop” or “backup script”."
        autoComplete="off"
        maxLength={100}
        {...form.field('name')}
        data-autofocus
      />
      <Checkbox.Group label="Permissions" {...form.field('scopes')}>
        <div className={classes.scopes}>
          {scopes
            .filter((scope) => scope !== 'admin' || me.role === 'admin')
            .map((scope) => (
              <Checkbox key={scope} size="sm" value={scope} label={scopeTexts[scope]} />
            ))}
        </div>
      </Checkbox.Group>
      <NativeSelect name="expiresInDays" label="Expires after" data={lives} {...form.field('expiresInDays')} />
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={form.busy} disabled={form.wait > 0}>
          Create token
        </Button>
      </div>
    </form>
  );
}
