import { useTranslation } from 'react-i18next';

import type { Job } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { formatBytes, formatCount } from '@/lib/format';
import { useTrash } from '@/lib/trash/context';

import '../messages/catalogue';
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
  const { t } = useTranslation('jobs');
  const trash = useTrash();
  const jobs = asked?.jobs ?? [];
  // Blocked content goes for good.
  const goesToTrash = trash && !jobs.every((job) => job.blocked);
  const deleting = asked?.action === 'delete';
  const what = jobs.length === 1 && jobs[0] ? `“${nameOf(jobs[0])}”` : t('actConfirm.downloads', { count: jobs.length, number: formatCount(jobs.length) });
  const stored = storedSize(jobs);
  const count = jobs.length;
  return (
    <ConfirmDialog
      opened={asked !== undefined}
      title={deleting ? t('actConfirm.deleteTitle', { count }) : t('actConfirm.cancelTitle', { count })}
      confirmLabel={deleting ? t('actConfirm.delete') : t('actConfirm.cancel', { count })}
      {...(deleting && !goesToTrash && jobs.length >= typedFrom && { typed: 'delete' })}
      {...(!deleting && { dismissLabel: t('actConfirm.keep', { count }) })}
      busy={busy}
      onConfirm={() => asked && onConfirm(asked)}
      onClose={onClose}
    >
      {deleting ? (
        <>
          <p>{t('actConfirm.thisDeletesAnd', { count, what })}</p>
          {goesToTrash && <p>{t('actConfirm.finishedDownloadsGo')}</p>}
          {!goesToTrash && stored > 0 && <p>{t('actConfirm.youLoseOf', { stored: formatBytes(stored) })}</p>}
        </>
      ) : (
        <p>{t('actConfirm.willStopYou', { what })}</p>
      )}
    </ConfirmDialog>
  );
}
