import { Checkbox, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Notice, NoticeDecision } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { FormFault } from '@/components/form-fault';
import { toastDone } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';
import { formatCount } from '@/lib/format';

import '../messages/catalogue';
import { decideNotice, noticeKeys } from '../api';
import { decisionTexts } from '../text';
import classes from './notices.module.css';

interface DecideDialogProps {
  notice: Notice;
  act: NoticeDecision | undefined;
  onClose: () => void;
}

/** Asks before a decision, with a note that says why. */
export function DecideDialog({ notice, act, onClose }: DecideDialogProps) {
  const { t } = useTranslation('notices');
  const client = useQueryClient();
  const confirmed = useConfirmed();
  const [note, setNote] = useState('');
  const [tell, setTell] = useState(true);
  const deciding = useMutation({
    mutationFn: (chosen: NoticeDecision) => confirmed(() => decideNotice(notice.id, { act: chosen, note: note.trim(), tell: tell && chosen === 'reject' })),
    onSuccess: () => {
      toastDone(t('decideDialog.recordedTheDecision'));
      close();
      return client.invalidateQueries({ queryKey: noticeKeys.all });
    },
  });
  const close = () => {
    deciding.reset();
    setNote('');
    onClose();
  };
  const text = decisionTexts[act ?? 'accept'];
  return (
    <ConfirmDialog
      opened={act !== undefined}
      title={text.title}
      confirmLabel={text.label}
      danger={text.danger}
      busy={deciding.isPending}
      fields={
        <div className={classes.form}>
          <Textarea
            label={text.note}
            rows={2}
            resize="vertical"
            maxLength={2000}
            required={act !== 'accept'}
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
            data-autofocus
          />
          {act === 'reject' && notice.email !== '' && (
            <Checkbox label={t('decideDialog.tellByMail', { email: notice.email })} checked={tell} onChange={(event) => setTell(event.currentTarget.checked)} />
          )}
        </div>
      }
      onConfirm={() => act && deciding.mutate(act)}
      onClose={close}
    >
      <p>
        {text.consequences}
        {act === 'accept' && t('decideDialog.itNamesItems', { count: notice.items, number: formatCount(notice.items) })}
      </p>
      <FormFault error={deciding.error} />
    </ConfirmDialog>
  );
}
