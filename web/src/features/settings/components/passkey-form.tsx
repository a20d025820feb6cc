import { Button, TextInput, type TextInputProps } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { AddedPasskey, Passkey } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { toastDone } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';
import { isolated } from '@/lib/isolated';
import { useApiForm } from '@/lib/use-api-form';
import { describeUserAgent } from '@/lib/user-agent';

import '../messages/catalogue';
import { addPasskey, beginPasskey, renamePasskey } from '../api';
import { passkeySchema } from '../schema';
import { RecoveryCodes } from './recovery-codes';
import classes from './settings.module.css';

interface PasskeyFormProps {
  onClose: () => void;
  onChanged: () => void;
}

/** Adds a passkey: name it, let the browser make it, save the recovery codes if there are any. */
export function AddPasskey({ onClose, onChanged }: PasskeyFormProps) {
  const { t } = useTranslation('settings');
  const confirmed = useConfirmed();
  const [codes, setCodes] = useState<string[]>([]);
  const done = ({ passkey, recoveryCodes }: AddedPasskey) => {
    toastDone(t('passkeyForm.youCanNow', { name: isolated(passkey.name) }));
    if (recoveryCodes.length > 0) {
      setCodes(recoveryCodes);
      return;
    }
    onClose();
    onChanged();
  };
  const form = useApiForm({
    schema: passkeySchema,
    initial: { name: describeUserAgent(navigator.userAgent) },
    send: async ({ name }) => addPasskey(name, await confirmed(beginPasskey)),
    onDone: done,
  });
  if (codes.length > 0) {
    const kept = () => {
      onClose();
      onChanged();
    };
    return <RecoveryCodes codes={codes} onClose={kept} />;
  }
  return (
    <form noValidate onSubmit={form.submit} className={classes.form}>
      <p className={classes.note}>{t('passkeyForm.nextYourBrowser')}</p>
      <FormFault error={form.error} />
      <NameField {...form.field('name')} />
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          {t('passkeyForm.cancel')}
        </Button>
        <Button type="submit" loading={form.busy} disabled={form.wait > 0}>
          {t('passkeyForm.addPasskey')}
        </Button>
      </div>
    </form>
  );
}

/** Renames a passkey. */
export function RenamePasskey({ passkey, onClose, onChanged }: PasskeyFormProps & { passkey: Passkey }) {
  const { t } = useTranslation('settings');
  const form = useApiForm({
    schema: passkeySchema,
    initial: { name: passkey.name },
    send: ({ name }) => renamePasskey(passkey.id, name),
    onDone: () => {
      onClose();
      onChanged();
    },
  });
  return (
    <form noValidate onSubmit={form.submit} className={classes.form}>
      <FormFault error={form.error} />
      <NameField {...form.field('name')} />
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          {t('passkeyForm.cancel')}
        </Button>
        <Button type="submit" loading={form.busy} disabled={form.wait > 0}>
          {t('passkeyForm.rename')}
        </Button>
      </div>
    </form>
  );
}

function NameField(props: TextInputProps) {
  const { t } = useTranslation('settings');
  return (
    <TextInput
      name="name"
      label={t('passkeyForm.name')}
      description={t('passkeyForm.soThatYou')}
      autoComplete="off"
      maxLength={100}
      data-autofocus
      {...props}
    />
  );
}
