import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';

import type { BulkAct } from '@/api/model';
import { IconExternalLink } from '@/components/icons';
import { ProgressBar } from '@/components/progress-bar';
import { RelativeTime } from '@/components/relative-time';
import { toastFailed } from '@/components/toast';

import { bulkKeys, isOpen, stopBulk } from './api';
import classes from './bulk.module.css';
import { progressOf, titleOf } from './text';

/** An act on many downloads: how far it is, with a way to stop it and what became of each. */
export function BulkCard({ act, onResults }: { act: BulkAct; onResults: (act: BulkAct) => void }) {
  const client = useQueryClient();
  const stopping = useMutation({
    mutationFn: stopBulk,
    onError: (error) => toastFailed("Couldn't stop it", error),
    onSettled: () => client.invalidateQueries({ queryKey: bulkKeys.list() }),
  });
  const title = titleOf(act);
  const share = act.total === 0 ? null : (act.done + act.refused) / act.total;
  return (
    <li className={classes.card}>
      <div className={classes.head}>
        <h2 className={classes.title}>{title}</h2>
        <span className={classes.by}>
          {act.by !== '' && `${act.by}, `}
          <RelativeTime at={act.createdAt} />
        </span>
      </div>
      {isOpen(act) && <ProgressBar label={title} done={act.state === 'finding' ? null : share} tone="active" />}
      <p className={classes.progress} role={isOpen(act) ? 'status' : undefined}>
        {progressOf(act)}
        {act.note !== '' && <span className={classes.note}> “{act.note}”</span>}
      </p>
      <div className={classes.buttons}>
        {act.total > 0 && (
          <Button size="compact-sm" variant="default" onClick={() => onResults(act)}>
            Results
          </Button>
        )}
        {isOpen(act) && (
          <Button size="compact-sm" variant="default" loading={stopping.isPending} onClick={() => stopping.mutate(act.id)}>
            Stop
          </Button>
        )}
        {act.workflow.uiUrl !== '' && (
          <Button
            component="a"
            href={act.workflow.uiUrl}
            target="_blank"
            rel="noopener noreferrer"
            size="compact-sm"
            variant="subtle"
            rightSection={<IconExternalLink size={14} />}
          >
            Temporal UI
          </Button>
        )}
      </div>
    </li>
  );
}
