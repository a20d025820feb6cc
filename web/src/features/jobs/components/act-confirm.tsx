import type { Job } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { formatBytes, formatPlural } from '@/lib/format';
import { useTrash } from '@/lib/trash/context';

import { nameOf } from '../state';
import type { Act } from '../use-act';

/** From this many downloads on, deleting asks for a typed word. */
const typedFrom = 5;

/** Reports whether a deleted job can be restored. Of an open one only the server knows. */
function restorable(job: Job): boolean {
  return !job.blocked && (job.state === 'ready' || job.state === 'failed' || job.state === 'cancelled' || job.state === 'expired');
}

/** Reports whether the act asks first: what can be undone doesn't. */
export function asksFirst({ jobs, action }: Act, trash: boolean): boolean {
  return action === 'cancel' || (action === 'delete' && !(trash && jobs.every(restorable)));
}

interface ActConfirmProps {
  asked: Act | undefined;
  busy: boolean;
  onConfirm: (act: Act) => void;
  onClose: () => void;
}

function storedSize(jobs: readonly Job[]): number {
  return jobs.reduce((sum, job) => (job.state === 'ready' ? sum + (job.size ?? 0) : sum), 0);
}

/** Asks before cancelling or deleting jobs. */
export function ActConfirm({ asked, busy, onConfirm, onClose }: ActConfirmProps) {
  const trash = useTrash();
  const jobs = asked?.jobs ?? [];
  // Blocked content goes for good.
  const goesToTrash = trash && !jobs.every((job) => job.blocked);
  const deleting = asked?.action === 'delete';
  const what = jobs.length === 1 && jobs[0] ? `“${nameOf(jobs[0])}”` : formatPlural(jobs.length, 'download', 'downloads');
  const stored = storedSize(jobs);
  const noun = jobs.length === 1 ? 'download' : 'downloads';
  return (
    <ConfirmDialog
      opened={asked !== undefined}
      title={deleting ? `Delete ${noun}?` : `Cancel ${noun}?`}
      confirmLabel={deleting ? 'Delete' : `Cancel ${noun}`}
      {...(deleting && !goesToTrash && jobs.length >= typedFrom && { typed: 'delete' })}
      {...(!deleting && { dismissLabel: `Keep ${noun}` })}
      busy={busy}
      onConfirm={() => asked && onConfirm(asked)}
      onClose={onClose}
    >
      {deleting ? (
        <>
          <p>This deletes {what} and everything stored for {jobs.length === 1 ? 'it' : 'them'}.</p>
          {goesToTrash && <p>Finished downloads go to the trash. Others stop, and can be restored only if some of their files are complete.</p>}
          {!goesToTrash && stored > 0 && <p>You lose {formatBytes(stored)} of finished files. This can't be undone.</p>}
        </>
      ) : (
        <p>{what} will stop. You can retry later and continue from what is stored.</p>
      )}
    </ConfirmDialog>
  );
}
