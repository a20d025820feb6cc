import { Checkbox, NativeSelect } from '@mantine/core';
import { useState } from 'react';

import type { Failover, ProviderList } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { FormFault } from '@/components/form-fault';

import { failoverTexts } from '../health';
import { failedCheck, useChange } from '../use-change';
import classes from './providers.module.css';

const policies: readonly Failover[] = ['none', 'agent_to_seedr', 'seedr_to_agent', 'both'];

interface OptionsDialogProps {
  list: ProviderList;
  opened: boolean;
  onClose: () => void;
}

/** Changes the fail-over policy and whether users choose; the active provider stays. */
export function OptionsDialog({ list, opened, onClose }: OptionsDialogProps) {
  const changing = useChange('The fail-over is changed.');
  // What is chosen here; until then what holds.
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
      title="Change the fail-over"
      confirmLabel={force ? 'Change anyway' : 'Change'}
      typed={list.active}
      danger={force}
      busy={changing.isPending}
      onConfirm={() => changing.mutate({ provider: list.active, options, force }, { onSuccess: close })}
      onClose={close}
    >
      <div className={classes.form}>
        <NativeSelect
          label="A download that its provider cannot bring"
          data={policies.map((value) => ({ value, label: failoverTexts[value] }))}
          value={options.failover}
          onChange={(event) => {
            const chosen = policies.find((policy) => policy === event.currentTarget.value);
            setFailover(chosen);
          }}
        />
        <Checkbox
          label="Users may name the provider of a download"
          checked={options.userChoice}
          onChange={(event) => setUserChoice(event.currentTarget.checked)}
        />
        <p>It holds for downloads that wait and for those that start from now on, unless they were submitted with a policy of their own. The active provider is verified first.</p>
        <FormFault error={changing.error}>
          {failedCheck(changing.error) && (
            <Checkbox label="Change it although the verification fails" checked={force} onChange={(event) => setForce(event.currentTarget.checked)} />
          )}
        </FormFault>
      </div>
    </ConfirmDialog>
  );
}
