import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { ConfirmDialog } from '@/components/confirm-dialog';
import { FormFault } from '@/components/form-fault';
import { toastDone } from '@/components/toast';

import type { Offer } from '../everybody/acts';
import { NoteField } from '../everybody/note-field';
import { isFiltered, type AnyView } from '../everybody/view';
import './messages/catalogue';
import { bulkKeys, startBulk } from './api';
import { consequenceOfAll, labelOf, questionOf } from './text';

interface BulkDialogProps {
  view: AnyView;
  /** How many downloads there are, in words. */
  many: string;
  several: boolean;
  offer: Offer | undefined;
  onClose: () => void;
}

/** Asks before an act on everything that the filters find, with a note for the owners. */
export function BulkDialog({ view, many, several, offer, onClose }: BulkDialogProps) {
  const { t } = useTranslation('bulk');
  const client = useQueryClient();
  const [note, setNote] = useState('');
  const [final, setFinal] = useState(false);
  const starting = useMutation({
    mutationFn: (asked: Offer) => startBulk(view, { ...asked, note: note.trim(), final: final && asked.act === 'delete' }),
    onSuccess: () => client.invalidateQueries({ queryKey: bulkKeys.list() }),
  });
  const close = () => {
    starting.reset();
    setNote('');
    setFinal(false);
    onClose();
  };
  const danger = offer?.act === 'delete' || offer?.act === 'cancel';
  return (
    <ConfirmDialog
      opened={offer !== undefined}
      title={offer ? questionOf(offer, many) : ''}
      confirmLabel={offer ? labelOf(offer) : ''}
      dismissLabel={t('bulkDialog.back')}
      danger={danger}
      {...((offer?.act === 'delete' || !isFiltered(view)) && { typed: offer?.act ?? '' })}
      busy={starting.isPending}
      fields={<NoteField act={offer?.act} several={several} note={note} onNote={setNote} final={final} onFinal={setFinal} />}
      onConfirm={() => {
        if (!offer) return;
        starting.mutate(offer, {
          onSuccess: () => {
            toastDone(t('bulkDialog.startedYouCan'));
            close();
          },
        });
      }}
      onClose={close}
    >
      {offer && (
        <>
          <p>{isFiltered(view) ? t('bulkDialog.thisIsFor') : t('bulkDialog.noFilterIs')}</p>
          <p>{consequenceOfAll(offer, several)}</p>
          <p>{t('bulkDialog.itRunsIn')}</p>
        </>
      )}
      <FormFault error={starting.error} />
    </ConfirmDialog>
  );
}
