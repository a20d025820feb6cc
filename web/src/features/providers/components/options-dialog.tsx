import { Checkbox, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Failover, ProviderList } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { FormFault } from '@/components/form-fault';

import '../messages/catalogue';
import { failoverTexts } from '../health';
import { failedCheck, useChange } from '../use-change';
import classes from './providers.module.css';

const policies: readonly Failover[] = ['none', 'agent_to_seedr', 'seedr_to_agent', 'both'];

interface OptionsDialogProps {
  list: ProviderList;
  opened: boolean;
  onClose: () => void;
}

/** Changes the failover policy and whether users can choose. The active provider stays. */
export function OptionsDialog({ list, opened, onClose }: OptionsDialogProps) {
  const { t } = useTranslation('providers');
  const changing = useChange(t('optionsDialog.failoverChanged'));
  // The choice made here; undefined means the current setting.
  const [failover, setFailover] = useState<Failover>();
  const [userChoice, setUserChoice] = useState<boolean>();
  const [force, setForce] = useState(false);
  const close = () => {
    changing.reset();
    setFailover(undefined);
    setUserChoice(undefined);
    setForce(false);
    onClose();
  };
  const options = { failover: failover ?? list.failover, userChoice: userChoice ?? list.userChoice };
  return (
    <ConfirmDialog
      opened={opened}
      title={t('optionsDialog.changeFailover')}
      confirmLabel={force ? t('optionsDialog.changeAnyway') : t('optionsDialog.change')}
      typed={list.active}
      danger={force}
      busy={changing.isPending}
      onConfirm={() => changing.mutate({ provider: list.active, options, force }, { onSuccess: close })}
      onClose={close}
    >
      <div className={classes.form}>
        <NativeSelect
          label={t('optionsDialog.ifAProvider')}
          data={policies.map((value) => ({ value, label: failoverTexts[value] }))}
          value={options.failover}
          onChange={(event) => {
            const chosen = policies.find((policy) => policy === event.currentTarget.value);
            setFailover(chosen);
          }}
        />
        <Checkbox
          label={t('optionsDialog.usersCanChoose')}
          checked={options.userChoice}
          onChange={(event) => setUserChoice(event.currentTarget.checked)}
        />
        <p>{t('optionsDialog.thisAppliesTo')}</p>
        <FormFault error={changing.error}>
          {failedCheck(changing.error) && (
            <Checkbox label={t('optionsDialog.changeEvenIf')} checked={force} onChange={(event) => setForce(event.currentTarget.checked)} />
          )}
        </FormFault>
      </div>
    </ConfirmDialog>
  );
}
