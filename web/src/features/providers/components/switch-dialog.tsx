import { Checkbox } from '@mantine/core';
import { useState } from 'react';

import type { Provider } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { FormFault } from '@/components/form-fault';
import { providerNames, providerTitles } from '@/lib/provider';

import { failedCheck, useChange } from '../use-change';

interface SwitchDialogProps {
  /** Undefined while closed. */
  to: Provider | undefined;
  onClose: () => void;
}

/** Asks before switching new downloads to another provider. */
export function SwitchDialog({ to, onClose }: SwitchDialogProps) {
  const changing = useChange(to ? `New downloads now go to ${providerNames[to]}.` : '');
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
      <p>New downloads go to {to && providerNames[to]}. Existing ones stay where they are.</p>
      <p>The provider is verified with a real call first. If that fails, nothing changes.</p>
      <FormFault error={changing.error}>
        {failedCheck(changing.error) && (
          <Checkbox label="Switch even if verification fails" checked={force} onChange={(event) => setForce(event.currentTarget.checked)} />
        )}
      </FormFault>
    </ConfirmDialog>
  );
}
