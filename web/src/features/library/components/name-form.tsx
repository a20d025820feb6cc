import { Button, Modal, TextInput } from '@mantine/core';
import { useMounted } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';

import { FormFault } from '@/components/form-fault';
import { ProblemError } from '@/lib/problem';

import { useReload } from '../use-acts';
import { nameFault } from '../view';
import classes from './library.module.css';

export interface NameDialogProps {
  opened: boolean;
  title: string;
  initial: string;
  label: string;
  save: (name: string) => Promise<unknown>;
  onDone: (name: string) => void;
  onClose: () => void;
}

/** The dialog that asks for the name. One that is open from its first moment could not give the focus back. */
export function NameModal(props: NameDialogProps) {
  const opened = useMounted() && props.opened;
  return (
    <Modal opened={opened} onClose={props.onClose} title={props.title} size="md">
      <NameForm {...props} />
    </Modal>
  );
}

function NameForm({ initial, label, save, onDone, onClose }: NameDialogProps) {
  const { t } = useTranslation('library');
  const reload = useReload();
  const [name, setName] = useState(initial);
  const [tried, setTried] = useState(false);
  const saving = useMutation({
    mutationFn: () => save(name.trim()),
    onSuccess: async () => {
      onDone(name.trim());
      await reload();
    },
  });
  const wrong = nameFault(name);
  const known = saving.error instanceof ProblemError ? saving.error.fieldFault('name') : undefined;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (wrong === '' && !saving.isPending) saving.mutate();
  };
  return (
    <form noValidate onSubmit={submit}>
      <FormFault error={known === undefined ? saving.error : null} />
      <TextInput
        label={t('name')}
        value={name}
        autoComplete="off"
        spellCheck={false}
        data-autofocus
        error={known ?? (tried && wrong !== '' && t(wrong))}
        onFocus={(event) => {
          // The extension usually stays.
          const dot = initial.lastIndexOf('.');
          event.currentTarget.setSelectionRange(0, dot > 0 ? dot : initial.length);
        }}
        onChange={(event) => {
          setName(event.currentTarget.value);
          saving.reset();
        }}
      />
      <div className={classes.dialogbuttons}>
        <Button variant="default" onClick={onClose}>
          {t('cancel')}
        </Button>
        <Button type="submit" loading={saving.isPending}>
          {label}
        </Button>
      </div>
    </form>
  );
}
