import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { Cleanup } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { FormFault } from '@/components/form-fault';
import { useConfirmed } from '@/lib/confirmed';
import { formatBytes, formatCount } from '@/lib/format';

import '../messages/catalogue';
import { confirmCleanup, storageKeys } from '../api';

/** Asks before what a clean-up found is removed. */
export function ConfirmCleanup({ cleanup, onClose }: { cleanup: Cleanup | undefined; onClose: () => void }) {
  const { t } = useTranslation('storage');
  const client = useQueryClient();
  const confirmed = useConfirmed();
  const confirming = useMutation({
    mutationFn: (id: string) => confirmed(() => confirmCleanup(id)),
    onSuccess: () => client.invalidateQueries({ queryKey: storageKeys.cleanups() }),
  });
  const close = () => {
    confirming.reset();
    onClose();
  };
  return (
    <ConfirmDialog
      opened={cleanup !== undefined}
      title={cleanup ? t('confirmCleanup.removeThings', { count: cleanup.total, number: formatCount(cleanup.total) }) : ''}
      confirmLabel={t('confirmCleanup.remove')}
      typed="remove"
      busy={confirming.isPending}
      onConfirm={() => cleanup && confirming.mutate(cleanup.id, { onSuccess: close })}
      onClose={close}
    >
      {cleanup?.kinds.some((kind) => kind !== 'row') && (
        <p>
          {t('confirmCleanup.objectsAndOpen', { bytes: formatBytes(cleanup.bytes) })}
        </p>
      )}
      {cleanup?.kinds.includes('row') && <p>{t('confirmCleanup.filesWithoutAn')}</p>}
      <p>{t('confirmCleanup.eachIsLooked')}</p>
      <FormFault error={confirming.error} />
    </ConfirmDialog>
  );
}
