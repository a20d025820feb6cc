import { Trans, useTranslation } from 'react-i18next';

import type { Feature, FlagRule } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { FormFault } from '@/components/form-fault';
import { toastDone } from '@/components/toast';

import '../messages/catalogue';
import { featureTexts, targetOf } from '../text';
import { useSetFlag } from './use-set-flag';

interface RemoveDialogProps {
  asked: { feature: Feature; rule: FlagRule } | undefined;
  onClose: () => void;
}

/** Removes an exception. */
export function RemoveDialog({ asked, onClose }: RemoveDialogProps) {
  const { t } = useTranslation('flags');
  const setting = useSetFlag();
  const close = () => {
    setting.reset();
    onClose();
  };
  const done = () => {
    toastDone(t('removeDialog.removedTheException'));
    close();
  };
  return (
    <ConfirmDialog
      opened={asked !== undefined}
      title={t('removeDialog.removeTheException')}
      confirmLabel={t('removeDialog.remove')}
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
            {asked.rule.userId === '' ? <Trans t={t} i18nKey="removeDialog.forTheSetting" values={{ name: featureTexts[asked.feature].name, targetOf: targetOf(asked.rule) }} components={{ b: <b /> }} /> : <Trans t={t} i18nKey="removeDialog.forTheSettingFor" values={{ name: featureTexts[asked.feature].name, targetOf: targetOf(asked.rule) }} components={{ b: <b /> }} />}
          </>
        )}
      </p>
      <FormFault error={setting.error} />
    </ConfirmDialog>
  );
}
