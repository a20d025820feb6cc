import { ActionIcon, Button, Select, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { ConfirmDialog } from '@/components/confirm-dialog';
import { IconPencil, IconTrash } from '@/components/icons';
import { ErrorNotice } from '@/components/notice';
import { toastFailed } from '@/components/toast';
import { isolated } from '@/lib/isolated';

import { addLabel, changeLabel, colours, deleteLabel, labelsQuery, refreshLabels, type Colour, type Label } from '../api';
import '../messages/catalogue';
import classes from './labels.module.css';

/** All labels of the user, to add, change and delete them. */
export function LabelList() {
  const { t } = useTranslation('labels');
  const client = useQueryClient();
  const { data: labels, error, refetch } = useQuery(labelsQuery());
  const [edited, setEdited] = useState('');
  const [removed, setRemoved] = useState<Label>();
  const removing = useMutation({
    mutationFn: (label: Label) => deleteLabel(label.id),
    onSuccess: () => setRemoved(undefined),
    onError: (fault) => toastFailed(t('couldnt'), fault),
    onSettled: () => {
      refreshLabels(client);
      void client.invalidateQueries({ queryKey: ['jobs'] });
    },
  });
  if (!labels) return error ? <ErrorNotice error={error} title={t('load')} retry={() => void refetch()} /> : null;
  return (
    <>
      {labels.length > 0 && (
        <ul className={classes.list} aria-label={t('labels')}>
          {labels.map((label) => (
            <li key={label.id} className={classes.item}>
              {edited === label.id ? (
                <LabelForm label={label} onDone={() => setEdited('')} />
              ) : (
                <>
                  <i className={classes.dot} data-colour={label.colour} aria-hidden="true" />
                  <strong>{isolated(label.name)}</strong>
                  <span className={classes.uses}>{t('uses', { count: label.jobs })}</span>
                  <ActionIcon variant="subtle" color="gray" aria-label={t('edit', { name: label.name })} onClick={() => setEdited(label.id)}>
                    <IconPencil size={16} />
                  </ActionIcon>
                  <ActionIcon variant="subtle" color="gray" aria-label={t('remove', { name: label.name })} onClick={() => setRemoved(label)}>
                    <IconTrash size={16} />
                  </ActionIcon>
                </>
              )}
            </li>
          ))}
        </ul>
      )}
      {labels.length === 0 && <p className={classes.none}>{t('first')}</p>}
      <LabelForm key={labels.length} />
      <ConfirmDialog
        opened={removed !== undefined}
        title={t('removeTitle', { name: removed?.name ?? '' })}
        confirmLabel={t('delete')}
        busy={removing.isPending}
        onConfirm={() => removed && removing.mutate(removed)}
        onClose={() => setRemoved(undefined)}
      >
        {t('removeText', { count: removed?.jobs ?? 0 })}
      </ConfirmDialog>
    </>
  );
}

/** Adds a label or changes one. */
function LabelForm({ label, onDone }: { label?: Label; onDone?: () => void }) {
  const { t } = useTranslation('labels');
  const client = useQueryClient();
  const [name, setName] = useState(label?.name ?? '');
  const [colour, setColour] = useState<Colour>(label?.colour ?? 'blue');
  const saving = useMutation({
    mutationFn: () => (label ? changeLabel(label.id, name, colour) : addLabel(name, colour)),
    onSuccess: () => {
      refreshLabels(client);
      onDone?.();
    },
    onError: (error) => toastFailed(t('couldnt'), error),
  });
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== '') saving.mutate();
      }}
    >
      <TextInput label={t('name')} maxLength={50} value={name} onChange={(event) => setName(event.currentTarget.value)} />
      <Select
        label={t('colour')}
        w={120}
        allowDeselect={false}
        data={colours.map((each) => ({ value: each, label: t(each) }))}
        value={colour}
        onChange={(value) => setColour(value ?? 'grey')}
      />
      <Button type="submit" variant="default" loading={saving.isPending}>
        {t(label ? 'save' : 'addLabel')}
      </Button>
      {onDone && (
        <Button variant="subtle" onClick={onDone}>
          {t('cancel')}
        </Button>
      )}
    </form>
  );
}
