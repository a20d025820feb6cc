import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { FlagState } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { FormFault } from '@/components/form-fault';
import { toastDone } from '@/components/toast';

import '../messages/catalogue';
import { featureTexts } from '../text';
import { useSetFlag } from './use-set-flag';

/** Switches a feature for everyone. */
export function SwitchDialog({ flag, onClose }: { flag: FlagState | undefined; onClose: () => void }) {
  const { t } = useTranslation('flags');
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
      title={text ? (on ? t('switchDialog.switchOn', { name: text.name }) : t('switchDialog.switchOff', { name: text.name })) : ''}
      confirmLabel={on ? t('switchDialog.switchOn2') : t('switchDialog.switchOff2')}
      danger={!on}
      busy={setting.isPending}
      onConfirm={() => flag && setting.mutate({ feature: flag.feature, enabled: on, reason }, { onSuccess: done })}
      onClose={close}
      fields={
        <TextInput
          label={t('switchDialog.reason')}
          description={t('switchDialog.onlyAdminsRead')}
          maxLength={500}
          autoComplete="off"
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      }
    >
      <p>{t('switchDialog.exceptionsForPlans', { what: on ? text?.what : text?.off })}</p>
      <FormFault error={setting.error} />
    </ConfirmDialog>
  );
}
