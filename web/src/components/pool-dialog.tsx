import { Button, Modal, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';

import { useConfirmed } from '@/lib/confirmed';
import { poolFault } from '@/lib/pool';

import './messages/catalogue';
import { FormFault } from './form-fault';
import classes from './pool-dialog.module.css';

interface PoolDialogProps {
  title: string;
  /** What the pool means here, and what an empty one does. */
  description: string;
  /** The pool as it is; empty for none. */
  pool: string;
  opened: boolean;
  save: (pool: string) => Promise<unknown>;
  /** Called once it is saved. */
  onSaved: (pool: string) => void;
  onClose: () => void;
}

/** Asks for a pool of agents. */
export function PoolDialog({ title, opened, onClose, ...rest }: PoolDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={title}>
      <Form onClose={onClose} {...rest} />
    </Modal>
  );
}

function Form({ description, pool, save, onSaved, onClose }: Omit<PoolDialogProps, 'title' | 'opened'>) {
  const { t } = useTranslation('components');
  const confirmed = useConfirmed();
  const [typed, setTyped] = useState(pool);
  const [tried, setTried] = useState(false);
  const fault = poolFault(typed.trim());
  const saving = useMutation({
    mutationFn: (to: string) => confirmed(() => save(to)),
    onSuccess: (_, to) => {
      onSaved(to);
      onClose();
    },
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (fault === undefined && !saving.isPending) saving.mutate(typed.trim());
  };
  return (
    <form noValidate className={classes.form} onSubmit={submit}>
      <FormFault error={saving.error} />
      <TextInput
        label={t('poolDialog.pool')}
        description={description}
        maxLength={40}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        data-autofocus
        error={tried && fault}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <div className={classes.foot}>
        <Button variant="default" onClick={onClose}>
          {t('poolDialog.cancel')}
        </Button>
        <Button type="submit" loading={saving.isPending}>
          {t('poolDialog.save')}
        </Button>
      </div>
    </form>
  );
}
