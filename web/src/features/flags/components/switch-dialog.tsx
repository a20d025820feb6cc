import { TextInput } from '@mantine/core';
import { useState } from 'react';

import type { FlagState } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { FormFault } from '@/components/form-fault';
import { toastDone } from '@/components/toast';

import { featureTexts } from '../text';
import { useSetFlag } from './use-set-flag';

/** Switches a feature for everyone. */
export function SwitchDialog({ flag, onClose }: { flag: FlagState | undefined; onClose: () => void }) {
  const [reason, setReason] = useState('');
  const on = flag?.enabled === false;
  const text = flag && featureTexts[flag.feature];
  const setting = useSetFlag();
  const close = () => {
    setting.reset();
    setReason('');
    onClose();
  };
  const done = () => {
    if (text) toastDone(`${text.name}: ${on ? 'on' : 'off'}.`);
    close();
  };
  return (
    <ConfirmDialog
      opened={flag !== undefined}
      title={text ? `Switch ${on ? 'on' : 'off'}: ${text.name}` : ''}
      confirmLabel={on ? 'Switch on' : 'Switch off'}
      danger={!on}
      busy={setting.isPending}
      onConfirm={() => flag && setting.mutate({ feature: flag.feature, enabled: on, reason }, { onSuccess: done })}
      onClose={close}
      fields={
        <TextInput
          label="Reason"
          description="Only admins read it."
          maxLength={500}
          autoComplete="off"
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      }
    >
      <p>{on ? text?.what : text?.off} Exceptions for plans and accounts stay as they are.</p>
      <FormFault error={setting.error} />
    </ConfirmDialog>
  );
}
