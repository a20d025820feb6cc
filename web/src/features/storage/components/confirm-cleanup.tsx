import { useMutation, useQueryClient } from '@tanstack/react-query';

import type { Cleanup } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { FormFault } from '@/components/form-fault';
import { useConfirmed } from '@/lib/confirmed';
import { formatBytes, formatPlural } from '@/lib/format';

import { confirmCleanup, storageKeys } from '../api';

/** Asks before what a clean-up found is removed. */
export function ConfirmCleanup({ cleanup, onClose }: { cleanup: Cleanup | undefined; onClose: () => void }) {
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
      title={cleanup ? `Remove ${formatPlural(cleanup.total, 'thing', 'things')}?` : ''}
      confirmLabel="Remove"
      typed="remove"
      busy={confirming.isPending}
      onConfirm={() => cleanup && confirming.mutate(cleanup.id, { onSuccess: close })}
      onClose={close}
    >
      {cleanup?.kinds.some((kind) => kind !== 'row') && (
        <p>
          Objects and open uploads on the list, {formatBytes(cleanup.bytes)} in all, are removed for good. If you may still restore a newer dump of the database,
          wait: they may belong to it.
        </p>
      )}
      {cleanup?.kinds.includes('row') && <p>Files without an object are marked as lost. Their owners see it, and they no longer count.</p>}
      <p>Each is looked for again first. What changed is spared.</p>
      <FormFault error={confirming.error} />
    </ConfirmDialog>
  );
}
