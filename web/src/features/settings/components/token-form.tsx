import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { Me, TokenScope } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { useForm } from '@/lib/use-form';
import { useWait } from '@/lib/use-wait';

import { makeToken, settingsKeys } from '../api';
import { tokenSchema } from '../schema';
import { useConfirmed } from './reauth-context';
import { SecretBox } from './secret-box';
import classes from './settings.module.css';

const scopeTexts: Record<TokenScope, string> = {
  'jobs:read': 'See downloads and their progress',
  'jobs:write': 'Add, stop and delete downloads',
  'files:read': 'Stream and download files',
  admin: 'Administer this installation',
};

const allScopes = Object.keys(scopeTexts) as TokenScope[];

const lives = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: '1 year' },
];

/** Creates an API token and shows it once. */
export function TokenForm({ me, onClose }: { me: Me; onClose: () => void }) {
  const client = useQueryClient();
  const confirmed = useConfirmed();
  const [scopes, setScopes] = useState<TokenScope[]>(['jobs:read', 'jobs:write', 'files:read']);
  const [made, setMade] = useState('');
  const form = useForm({
    schema: tokenSchema,
    send: (values) => confirmed(() => makeToken({ ...values, scopes })),
    onDone: ({ token }) => {
      setMade(token);
      void client.invalidateQueries({ queryKey: settingsKeys.tokens });
    },
  });
  const wait = useWait(form.error);
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
  const toggle = (scope: TokenScope, on: boolean) => setScopes(on ? [...scopes, scope] : scopes.filter((each) => each !== scope));
  return (
    <form noValidate onSubmit={form.submit} className={classes.form}>
      <FormFault error={form.error} />
      <TextInput
        name="name"
        label="Name"
        description="What it is for, such as “laptop” or “browser extension”."
        autoComplete="off"
        maxLength={100}
        error={form.faults.name}
        data-autofocus
      />
      <fieldset className={classes.scopes}>
        <legend>Permissions</legend>
        {allScopes
          .filter((scope) => scope !== 'admin' || me.role === 'admin')
          .map((scope) => (
            <Checkbox
              key={scope}
              size="sm"
              label={scopeTexts[scope]}
              checked={scopes.includes(scope)}
              onChange={(event) => toggle(scope, event.currentTarget.checked)}
            />
          ))}
      </fieldset>
      <NativeSelect name="expiresInDays" label="Expires after" data={lives} defaultValue="90" error={form.faults.expiresInDays} />
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={form.busy} disabled={wait > 0 || scopes.length === 0}>
          Create token
        </Button>
      </div>
    </form>
  );
}
