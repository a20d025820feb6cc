import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { IconExternalLink } from '@/components/icons';
import { ProgressBar } from '@/components/progress-bar';
import { RelativeTime } from '@/components/relative-time';
import { toastFailed } from '@/components/toast';

import { manyKeys } from '../many/api';
import './messages/catalogue';
import { bulkKeys, isOpen, isOwn, stopBulk, type AnyBulkAct } from './api';
import classes from './bulk.module.css';
import { progressOf, titleOf } from './text';

/** An act on many downloads: how far it is, with a way to stop it and what became of each. */
export function BulkCard({ act, onResults }: { act: AnyBulkAct; onResults: (act: AnyBulkAct) => void }) {
  const { t } = useTranslation('bulk');
  const client = useQueryClient();
  const stopping = useMutation({
    mutationFn: stopBulk,
    onError: (error) => toastFailed(t('bulkCard.couldntStopIt'), error),
    onSettled: () => client.invalidateQueries({ queryKey: isOwn(act) ? manyKeys.all : bulkKeys.list() }),
  });
  const admins = isOwn(act) ? undefined : act;
  const title = titleOf(act);
  const share = act.total === 0 ? null : (act.done + act.refused) / act.total;
  return (
    <li className={classes.card}>
      <div className={classes.head}>
        <h2 className={classes.title}>{title}</h2>
        <span className={classes.by}>
          {admins && admins.by !== '' && `${admins.by}, `}
          <RelativeTime at={act.createdAt} />
        </span>
      </div>
      {isOpen(act) && <ProgressBar label={title} done={act.state === 'finding' ? null : share} tone="active" />}
      <p className={classes.progress} role={isOpen(act) ? 'status' : undefined}>
        {progressOf(act)}
        {admins && admins.note !== '' && <span className={classes.note}> “{admins.note}”</span>}
      </p>
      <div className={classes.buttons}>
        {act.total > 0 && (
          <Button size="compact-sm" variant="default" onClick={() => onResults(act)}>
            {t('bulkCard.results')}
          </Button>
        )}
        {isOpen(act) && (
          <Button size="compact-sm" variant="default" loading={stopping.isPending} onClick={() => stopping.mutate(act)}>
            {t('bulkCard.stop')}
          </Button>
        )}
        {admins && admins.workflow.uiUrl !== '' && (
          <Button
            component="a"
            href={admins.workflow.uiUrl}
            target="_blank"
            rel="noopener noreferrer"
            size="compact-sm"
            variant="subtle"
            rightSection={<IconExternalLink size={14} />}
          >
            {t('bulkCard.temporalUi')}
          </Button>
        )}
      </div>
    </li>
  );
}
