import type { Feature, FlagRule } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { FormFault } from '@/components/form-fault';
import { toastDone } from '@/components/toast';

import { featureTexts, targetOf } from '../text';
import { useSetFlag } from './use-set-flag';

interface RemoveDialogProps {
  asked: { feature: Feature; rule: FlagRule } | undefined;
  onClose: () => void;
}

/** Removes an exception. */
export function RemoveDialog({ asked, onClose }: RemoveDialogProps) {
  const setting = useSetFlag();
  const close = () => {
    setting.reset();
    onClose();
  };
  const done = () => {
    toastDone('Removed the exception.');
    close();
  };
  return (
    <ConfirmDialog
      opened={asked !== undefined}
      title="Remove the exception?"
      confirmLabel="Remove"
      danger={false}
      busy={setting.isPending}
      onConfirm={() => {
        if (!asked) return;
        const { feature, rule } = asked;
        setting.mutate({ feature, enabled: null, ...(rule.userId === '' ? { plan: rule.plan } : { user: rule.userId }) }, { onSuccess: done });
      }}
      onClose={close}
    >
      <p>
        {asked && (
          <>
            {featureTexts[asked.feature].name}: for <b>{targetOf(asked.rule)}</b>, the setting for {asked.rule.userId === '' ? 'everyone' : 'its plan, or for everyone,'} counts again.
          </>
        )}
      </p>
      <FormFault error={setting.error} />
    </ConfirmDialog>
  );
}
