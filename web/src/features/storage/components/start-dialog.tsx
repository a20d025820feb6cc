import { Checkbox, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { CleanupKind } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { FormFault } from '@/components/form-fault';
import { useConfirmed } from '@/lib/confirmed';

import '../messages/catalogue';
import { startCleanup, storageKeys } from '../api';
import { kinds } from '../text';
import classes from './storage.module.css';

const everything = kinds.map(({ value }) => value);
const mostHours = 8_760;

/** Asks what to look for, and how old it has to be. */
export function StartDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation('storage');
  const client = useQueryClient();
  const confirmed = useConfirmed();
  const [chosen, setChosen] = useState<readonly string[]>(everything);
  const [hours, setHours] = useState('1');
  const starting = useMutation({
    mutationFn: (asked: { kinds: CleanupKind[]; graceHours: number }) => confirmed(() => startCleanup(asked)),
    onSuccess: () => client.invalidateQueries({ queryKey: storageKeys.cleanups() }),
  });
  const close = () => {
    starting.reset();
    onClose();
  };
  return (
    <ConfirmDialog
      opened={opened}
      title={t('startDialog.lookForOrphans')}
      confirmLabel={t('startDialog.look')}
      danger={false}
      busy={starting.isPending}
      fields={
        <div className={classes.fields}>
          <Checkbox.Group label={t('startDialog.whatToLook')} value={[...chosen]} onChange={setChosen}>
            <div className={classes.checks}>
              {kinds.map(({ value, label, description }) => (
                <Checkbox key={value} value={value} label={label} description={description} />
              ))}
            </div>
          </Checkbox.Group>
          <TextInput
            label={t('startDialog.leaveAloneWhat')}
            type="number"
            min={1}
            max={mostHours}
            step={1}
            required
            value={hours}
            onChange={(event) => setHours(event.currentTarget.value)}
          />
        </div>
      }
      onConfirm={() =>
        starting.mutate({ kinds: everything.filter((kind) => chosen.length === 0 || chosen.includes(kind)), graceHours: Number(hours) }, { onSuccess: close })
      }
      onClose={close}
    >
      <p>{t('startDialog.thisGoesThrough')}</p>
      <FormFault error={starting.error} />
    </ConfirmDialog>
  );
}
