import { Button, Modal, TextInput } from '@mantine/core';
import { useMounted } from '@mantine/hooks';
import { useId, useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';

import { text } from '@/lib/messages';

import './messages/catalogue';
import type { ConfirmDialogProps } from './confirm-dialog';
import classes from './confirm-form.module.css';

/** The dialog that asks before a dangerous act. */
export function ConfirmModal(props: ConfirmDialogProps) {
  const mounted = useMounted();
  return (
    // A modal that is open from its first moment doesn't know where the focus was, to give it back.
    <Modal opened={props.opened && mounted} onClose={props.onClose} title={props.title} size="md">
      <ConfirmForm {...props} />
    </Modal>
  );
}

function ConfirmForm({ children, fields, confirmLabel, dismissLabel = text('components:confirmForm.cancel'), typed, danger = true, busy = false, onConfirm, onClose }: ConfirmDialogProps) {
  const { t } = useTranslation('components');
  const [entered, setEntered] = useState('');
  const describedBy = useId();
  const blocked = typed !== undefined && entered.trim() !== typed;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!blocked) onConfirm();
      }}
    >
      <div className={classes.text} id={describedBy}>
        {children}
      </div>
      {fields}
      {typed !== undefined && (
        <TextInput
          label={
            <>
              <Trans t={t} i18nKey="confirmForm.typeToConfirm" values={{ typed }} components={{ b: <b /> }} />
            </>
          }
          value={entered}
          onChange={(event) => setEntered(event.currentTarget.value)}
          autoComplete="off"
          data-autofocus
        />
      )}
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          {dismissLabel}
        </Button>
        <Button
          type="submit"
          color={danger ? 'red.8' : undefined}
          disabled={blocked}
          loading={busy}
          aria-describedby={describedBy}
          data-autofocus={typed === undefined || undefined}
        >
          {confirmLabel}
        </Button>
      </div>
    </form>
  );
}
