import { Checkbox } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Provider } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { FormFault } from '@/components/form-fault';
import { providerNames, providerTitles } from '@/lib/provider';

import '../messages/catalogue';
import { failedCheck, useChange } from '../use-change';

interface SwitchDialogProps {
  /** Undefined while closed. */
  to: Provider | undefined;
  onClose: () => void;
}

/** Asks before switching new downloads to another provider. */
export function SwitchDialog({ to, onClose }: SwitchDialogProps) {
  const { t } = useTranslation('providers');
  const changing = useChange(to ? t('switchDialog.newDownloadsNow', { providerNames: providerNames[to] }) : '');
  const [force, setForce] = useState(false);
  const close = () => {
    changing.reset();
    setForce(false);
    onClose();
  };
  return (
    <ConfirmDialog
      opened={to !== undefined}
      title={to ? t('switchDialog.switchTo', { providerTitles: providerTitles[to] }) : ''}
      confirmLabel={force ? t('switchDialog.switchAnyway') : t('switchDialog.verifyAndSwitch')}
      typed={to ?? ''}
      danger={force}
      busy={changing.isPending}
      onConfirm={() => to && changing.mutate({ provider: to, force }, { onSuccess: close })}
      onClose={close}
    >
      <p>{t('switchDialog.newDownloadsGo', { to: to && providerNames[to] })}</p>
      <p>{t('switchDialog.theProviderIs')}</p>
      <FormFault error={changing.error}>
        {failedCheck(changing.error) && (
          <Checkbox label={t('switchDialog.switchEvenIf')} checked={force} onChange={(event) => setForce(event.currentTarget.checked)} />
        )}
      </FormFault>
    </ConfirmDialog>
  );
}
