import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { Cleanup } from '@/api/model';
import { IconExternalLink } from '@/components/icons';
import { ProgressBar } from '@/components/progress-bar';
import { RelativeTime } from '@/components/relative-time';
import { toastFailed } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';

import '../messages/catalogue';
import { isWorking, stopCleanup, storageKeys } from '../api';
import { progressOf, titleOf } from '../text';
import classes from './storage.module.css';

interface CleanupCardProps {
  cleanup: Cleanup;
  onResults: (cleanup: Cleanup) => void;
  onConfirm: (cleanup: Cleanup) => void;
}

/** A clean-up: how far it is, with what it found and the acts that are possible. */
export function CleanupCard({ cleanup, onResults, onConfirm }: CleanupCardProps) {
  const { t } = useTranslation('storage');
  const client = useQueryClient();
  const confirmed = useConfirmed();
  const stopping = useMutation({
    mutationFn: () => confirmed(() => stopCleanup(cleanup.id)),
    onError: (error) => toastFailed(t('cleanupCard.couldntStopIt'), error),
    onSettled: () => client.invalidateQueries({ queryKey: storageKeys.cleanups() }),
  });
  const title = titleOf(cleanup);
  const did = cleanup.removed + cleanup.spared + cleanup.failed;
  const busy = isWorking(cleanup);
  return (
    <li className={classes.card}>
      <div className={classes.head}>
        <h3>{title}</h3>
        <span className={classes.note}>
          {cleanup.by !== '' && `${cleanup.by}, `}
          <RelativeTime at={cleanup.createdAt} />
        </span>
      </div>
      {busy && <ProgressBar label={title} done={cleanup.state === 'looking' ? null : did / Math.max(1, cleanup.total)} tone="active" />}
      <p className={classes.progress} role={busy ? 'status' : undefined}>
        {progressOf(cleanup)}
      </p>
      <div className={classes.buttons}>
        {cleanup.state === 'found' && (
          <Button size="compact-sm" onClick={() => onConfirm(cleanup)}>
            {t('cleanupCard.remove')}
          </Button>
        )}
        {cleanup.total > 0 && (
          <Button size="compact-sm" variant="default" onClick={() => onResults(cleanup)}>
            {cleanup.state === 'found' ? t('cleanupCard.whatWouldGo') : t('cleanupCard.results')}
          </Button>
        )}
        {(busy || cleanup.state === 'found') && (
          <Button size="compact-sm" variant="default" loading={stopping.isPending} onClick={() => stopping.mutate()}>
            {busy ? t('cleanupCard.stop') : t('cleanupCard.dismiss')}
          </Button>
        )}
        {cleanup.workflow.uiUrl !== '' && (
          <Button
            component="a"
            href={cleanup.workflow.uiUrl}
            target="_blank"
            rel="noopener noreferrer"
            size="compact-sm"
            variant="subtle"
            rightSection={<IconExternalLink size={14} />}
          >
            {t('cleanupCard.temporalUi')}
          </Button>
        )}
      </div>
    </li>
  );
}
