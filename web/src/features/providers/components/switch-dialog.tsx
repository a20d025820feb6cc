import { Checkbox } from '@mantine/core';
import { useState } from 'react';

import type { Provider } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { FormFault } from '@/components/form-fault';
import { providerNames, providerTitles } from '@/lib/provider';

import { failedCheck, useChange } from '../use-change';

interface SwitchDialogProps {
  /** Undefined while nothing is asked. */
  to: Provider | undefined;
  onClose: () => void;
}

/** Asks before new downloads go to another provider. */
export function SwitchDialog({ to, onClose }: SwitchDialogProps) {
  const changing = useChange(to ? `New downloads go to ${providerNames[to]}.` : '');
  const [force, setForce] = useState(false);
  const close = () => {
    changing.reset();
    setForce(false);
    onClose();
  };
  return (
    <ConfirmDialog
      opened={to !== undefined}
      title={to ? `Switch to ${providerTitles[to]}?` : ''}
      confirmLabel={force ? 'Switch anyway' : 'Verify and switch'}
      typed={to ?? ''}
      danger={force}
      busy={changing.isPending}
      onConfirm={() => to && changing.mutate({ provider: to, force }, { onSuccess: close })}
      onClose={close}
    >
      <p>New downloads go to {to && providerNames[to]}. Those that are there stay where they are and end as they would have.</p>
      <p>The provider is verified by a real call first. When that fails, nothing is switched.</p>
      <FormFault error={changing.error}>
        {failedCheck(changing.error) && (
          <Checkbox label="Switch although the verification fails" checked={force} onChange={(event) => setForce(event.currentTarget.checked)} />
        )}
      </FormFault>
    </ConfirmDialog>
  );
}
