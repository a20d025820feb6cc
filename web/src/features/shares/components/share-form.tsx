import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Share, ShareSettings } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { PasswordField } from '@/components/password-field';
import { formatMoment } from '@/lib/format';
import { useApiForm } from '@/lib/use-api-form';

import '../messages/catalogue';
import { dayChoices, never, settingsOf, shareSchema, unchanged } from '../schema';
import classes from './shares.module.css';

interface ShareFormProps {
  /** The share to change; undefined for a new one. */
  share?: Share;
  /** The name to begin with. */
  name: string;
  /** The days that a share lasts at most; 0 for any time. */
  maxDays: number;
  /** What to know before it is shared. */
  note?: string | undefined;
  submitLabel: string;
  send: (settings: ShareSettings) => Promise<Share>;
  onDone: (share: Share) => void;
  onClose: () => void;
}

const defaultDays = 7;

/** The settings of a share. */
export function ShareForm({ share, name, maxDays, note, submitLabel, send, onDone, onClose }: ShareFormProps) {
  const { t } = useTranslation('shares');
  const [viewOnly, setViewOnly] = useState(share?.viewOnly ?? false);
  const [removePassword, setRemovePassword] = useState(false);
  const form = useApiForm({
    schema: shareSchema,
    initial: {
      name,
      expiresAt: share ? unchanged : String(maxDays > 0 ? Math.min(defaultDays, maxDays) : defaultDays),
      password: '',
      maxDownloads: share?.maxDownloads?.toString() ?? '',
    },
    send: (values) => send(settingsOf(values, { viewOnly, removePassword }, share, Date.now())),
    onDone,
  });
  const days = maxDays > 0 ? [...dayChoices.filter((each) => each < maxDays), maxDays] : dayChoices;
  const ends = [
    ...(share ? [{ value: unchanged, label: t('endsKeep', { when: share.expiresAt ? formatMoment(share.expiresAt) : t('endsNever') }) }] : []),
    ...days.map((count) => ({ value: String(count), label: t('endsDays', { count }) })),
    ...(maxDays > 0 ? [] : [{ value: never, label: t('endsNever') }]),
  ];
  return (
    <form noValidate className={classes.form} onSubmit={form.submit}>
      <FormFault error={form.error} />
      {note !== undefined && <p className={classes.soft}>{note}</p>}
      <TextInput name="name" label={t('name')} description={t('nameHelp')} maxLength={200} autoComplete="off" data-autofocus {...form.field('name')} />
      <NativeSelect name="expiresAt" label={t('ends')} data={ends} {...form.field('expiresAt')} />
      {!removePassword && (
        <PasswordField
          label={t('password')}
          description={share?.password ? t('passwordKeep') : t('passwordHelp')}
          required={false}
          autoComplete="new-password"
          {...form.field('password')}
        />
      )}
      {share?.password && <Checkbox size="sm" label={t('passwordRemove')} checked={removePassword} onChange={(event) => setRemovePassword(event.currentTarget.checked)} />}
      <TextInput name="maxDownloads" label={t('limit')} description={t('limitHelp')} inputMode="numeric" autoComplete="off" {...form.field('maxDownloads')} />
      <Checkbox size="sm" label={t('viewOnly')} description={t('viewOnlyHelp')} checked={viewOnly} onChange={(event) => setViewOnly(event.currentTarget.checked)} />
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          {t('cancel')}
        </Button>
        <Button type="submit" loading={form.busy} disabled={form.wait > 0}>
          {submitLabel}
        </Button>
      </div>
    </form>
  );
}
