import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';

import type { AnyAnnouncement } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { toastDone } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';
import { localTime } from '@/lib/days';
import { ProblemError } from '@/lib/problem';

import '../page-messages/catalogue';
import { announce, announcementKeys, type NewAnnouncement } from '../api';
import classes from './announcement.module.css';

const mostCharacters = 500;

/** What is typed. Its times are local, as inputs have them. */
interface Draft extends Omit<NewAnnouncement, 'from' | 'until'> {
  from: string;
  until: string;
}

/** Turns a local date and time into an instant; null if it is empty. */
function instantOf(local: string): string | null {
  const at = new Date(local);
  return local === '' || Number.isNaN(at.getTime()) ? null : at.toISOString();
}

/** Returns the form for what everyone is told, so that another text keeps its time. A time that has passed is left out. */
function draftOf(current: AnyAnnouncement | null): Draft {
  const ahead = (at: string | null | undefined) => (at && Date.parse(at) > Date.now() ? localTime(at) : '');
  return {
    text: current?.text ?? '', level: current?.level ?? 'info', from: ahead(current?.from), until: ahead(current?.until),
    dismissible: current?.dismissible ?? true, public: current?.public ?? false,
  };
}

/** Tells everyone something, in place of what they were told before. */
export function AnnouncementForm({ current }: { current: AnyAnnouncement | null }) {
  const { t } = useTranslation('announcementPage');
  const client = useQueryClient();
  const confirmed = useConfirmed();
  const [draft, setDraft] = useState(() => draftOf(current));
  const [tried, setTried] = useState(false);
  const announcing = useMutation({
    mutationFn: () => confirmed(() => announce({ ...draft, text: draft.text.trim(), from: instantOf(draft.from), until: instantOf(draft.until) })),
    onSuccess: () => {
      toastDone(t('announcementForm.announced'));
      return client.invalidateQueries({ queryKey: announcementKeys.all });
    },
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (draft.text.trim() !== '' && !announcing.isPending) announcing.mutate();
  };
  const fault = (field: string) => (announcing.error instanceof ProblemError ? announcing.error.fieldFault(field) : undefined);
  const known = fault('text') ?? fault('until');
  return (
    <form noValidate className={classes.form} onSubmit={submit} aria-label={t('announcementForm.newAnnouncement')}>
      <FormFault error={known === undefined ? announcing.error : null} />
      <TextInput
        label={t('announcementForm.text')}
        description={t('announcementForm.plainTextLinks')}
        maxLength={mostCharacters}
        autoComplete="off"
        required
        error={fault('text') ?? (tried && draft.text.trim() === '' && t('announcementForm.enterAText'))}
        value={draft.text}
        onChange={(event) => setDraft({ ...draft, text: event.currentTarget.value })}
      />
      <div className={classes.row}>
        <NativeSelect
          label={t('announcementForm.level')}
          data={[
            { value: 'info', label: t('announcementForm.information') },
            { value: 'warning', label: t('announcementForm.warning') },
          ]}
          value={draft.level}
          onChange={(event) => setDraft({ ...draft, level: event.currentTarget.value === 'warning' ? 'warning' : 'info' })}
        />
        <TextInput label={t('announcementForm.from')} description={t('announcementForm.emptyForNow')} type="datetime-local" value={draft.from} onChange={(event) => setDraft({ ...draft, from: event.currentTarget.value })} />
        <TextInput
          label={t('announcementForm.until')}
          description={t('announcementForm.emptyForNo')}
          type="datetime-local"
          error={fault('until')}
          value={draft.until}
          onChange={(event) => setDraft({ ...draft, until: event.currentTarget.value })}
        />
      </div>
      <Checkbox
        label={t('announcementForm.readersCanDismiss')}
        description={t('announcementForm.eachInTheir')}
        checked={draft.dismissible}
        onChange={(event) => setDraft({ ...draft, dismissible: event.currentTarget.checked })}
      />
      <Checkbox
        label={t('announcementForm.showItOn')}
        description={t('announcementForm.anyoneWhoOpens')}
        checked={draft.public}
        onChange={(event) => setDraft({ ...draft, public: event.currentTarget.checked })}
      />
      <div className={classes.buttons}>
        <Button type="submit" loading={announcing.isPending}>
          {current ? t('announcementForm.replace') : t('announcementForm.announce')}
        </Button>
      </div>
    </form>
  );
}
