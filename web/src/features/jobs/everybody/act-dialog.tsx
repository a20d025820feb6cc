import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { OwnedJob } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { FormFault } from '@/components/form-fault';
import { toastDone } from '@/components/toast';
import { formatCount } from '@/lib/format';
import { text } from '@/lib/messages';

import { actionLabels } from '../state';
import './messages/catalogue';
import { consequencesOf, goalOf, startedText, type Offer } from './acts';
import { NoteField } from './note-field';
import { ResultDialog } from './result-dialog';
import { useOrder } from './use-order';

/** An act that waits for a confirmation. */
export interface Asked {
  jobs: readonly OwnedJob[];
  offer: Offer;
}

interface ActDialogProps {
  asked: Asked | undefined;
  onClose: () => void;
  /** Called at the end if the act was started on at least one download. */
  onDone: (asked: Asked) => void;
}

/** From this many downloads on, deleting asks for a typed word. */
const typedFrom = 5;

/** Asks before an act on downloads of others, with a note for their owners, and lists what became of several. */
export function ActDialog({ asked, onClose, onDone }: ActDialogProps) {
  const { t } = useTranslation('everybody');
  const [note, setNote] = useState('');
  const [final, setFinal] = useState(false);
  const ordering = useOrder();
  const outcome = ordering.data;
  const several = outcome !== undefined && outcome.succeeded.length + outcome.failed.length > 1;
  const close = () => {
    ordering.reset();
    setNote('');
    setFinal(false);
    onClose();
  };
  const confirm = ({ jobs, offer }: Asked) =>
    ordering.mutate(
      { jobs, order: { ...offer, note: note.trim(), final: final && offer.act === 'delete' } },
      {
        onSuccess: ({ succeeded }) => {
          if (jobs.length > 1 || succeeded.length === 0) return;
          toastDone(startedText(offer, succeeded));
          close();
          onDone({ jobs, offer });
        },
      },
    );
  return (
    <>
      <ConfirmDialog
        opened={asked !== undefined && !several}
        title={asked ? titleOf(asked) : ''}
        confirmLabel={asked ? confirmOf(asked) : ''}
        danger={asked?.offer.act === 'delete' || asked?.offer.act === 'cancel'}
        {...(asked?.offer.act === 'delete' && asked.jobs.length >= typedFrom && { typed: 'delete' })}
        {...(asked?.offer.act === 'cancel' && { dismissLabel: t('actDialog.back') })}
        busy={ordering.isPending}
        fields={<NoteField act={asked?.offer.act} several={asked !== undefined && asked.jobs.length > 1} note={note} onNote={setNote} final={final} onFinal={setFinal} />}
        onConfirm={() => asked && confirm(asked)}
        onClose={close}
      >
        {asked && <Consequences asked={asked} />}
        {ordering.isPending && asked && asked.jobs.length > 1 && (
          <p role="status">
            {t('actDialog.ofDone', { ended: ordering.ended, jobs: asked.jobs.length })}
          </p>
        )}
        <FormFault error={several ? null : (outcome?.failed[0]?.error ?? null)} />
      </ConfirmDialog>
      <ResultDialog
        started={asked && several ? startedText(asked.offer, outcome.succeeded) : ''}
        outcome={several ? outcome : undefined}
        onClose={() => {
          close();
          if (asked && outcome && outcome.succeeded.length > 0) onDone(asked);
        }}
      />
    </>
  );
}

function Consequences({ asked: { jobs, offer } }: { asked: Asked }) {
  const { t } = useTranslation('everybody');
  const owners = new Set(jobs.map((job) => job.owner.email));
  return (
    <>
      {consequencesOf(offer, jobs).map((text) => (
        <p key={text}>{text}</p>
      ))}
      <p>
        {t('actDialog.theyBelongTo', { count: jobs.length, what: owners.size === 1 ? [...owners].join('') : t('actDialog.accounts', { count: owners.size, number: formatCount(owners.size) }) })}
      </p>
    </>
  );
}

function titleOf({ jobs, offer }: Asked): string {
  const noun = text('everybody:actDialog.noun', { count: jobs.length, number: formatCount(jobs.length) });
  return offer.act === 'move' ? text('everybody:actDialog.moveTo', { noun, goalOf: goalOf(offer, jobs) }) : text('everybody:actDialog.ask', { act: actionLabels[offer.act], noun });
}

function confirmOf({ jobs, offer: { act } }: Asked): string {
  if (act === 'move') return text('everybody:actDialog.move');
  return act === 'cancel' ? text('everybody:actDialog.cancelDownloads', { count: jobs.length }) : actionLabels[act];
}
