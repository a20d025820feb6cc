import { Button, CloseButton } from '@mantine/core';

import { useTranslation } from 'react-i18next';

import type { Job } from '@/api/model';
import { LabelMenu } from '@/features/jobs/labels/components/label-menu';
import { useLabelJobs } from '@/features/jobs/labels/use-label-jobs';
import { formatCount } from '@/lib/format';
import { text } from '@/lib/messages';

import type { PlainAction } from '../api';
import { actionIcons } from '../components/job-menu';
import { actionLabels } from '../state';
import './messages/catalogue';
import classes from './job-list.module.css';

const bulkActions: readonly PlainAction[] = ['pause', 'resume', 'retry', 'cancel', 'delete'];

/** The server takes this many at a time. */
const mostNamed = 1000;

interface BulkBarProps {
  jobs: readonly Job[];
  busy: boolean;
  onAct: (jobs: readonly Job[], action: PlainAction) => void;
  onClear: () => void;
  onAll: () => void;
  /** Selects all that match, also what is not loaded; undefined when nothing else matches. */
  onEvery?: (() => void) | undefined;
  total: number;
}

/** The actions on the selected jobs. An action applies to those that allow it. */
export function BulkBar({ jobs, busy, onAct, onClear, onAll, onEvery, total }: BulkBarProps) {
  const { t } = useTranslation(['labels', 'list']);
  const labelling = useLabelJobs();
  const common = (jobs[0]?.labels ?? []).filter((id) => jobs.every((job) => job.labels.includes(id)));
  const relabel = (chosen: readonly string[]) => {
    const add = chosen.filter((id) => !common.includes(id));
    const remove = common.filter((id) => !chosen.includes(id));
    for (let at = 0; at < jobs.length; at += mostNamed) labelling.mutate({ jobs: jobs.slice(at, at + mostNamed).map((job) => job.id), add, remove });
  };
  return (
    <div className={classes.bulk} role="toolbar" aria-label={text('list:bulkBar.selectedDownloads')}>
      <span className={classes.bulkcount} role="status">
        {text('list:bulkBar.downloadsSelected', { count: jobs.length, number: formatCount(jobs.length) })}
      </span>
      {onEvery ? (
        <Button size="compact-sm" variant="light" onClick={onEvery}>
          {t('list:selectEvery', { many: formatCount(total) })}
        </Button>
      ) : (
        <Button size="compact-sm" variant="subtle" onClick={onAll}>
          {text('list:bulkBar.selectAllLoaded')}
        </Button>
      )}
      {bulkActions.map((action) => {
        const able = jobs.filter((job) => job.actions.includes(action));
        if (able.length === 0) return null;
        const Symbol = actionIcons[action];
        return (
          <Button
            key={action}
            size="compact-sm"
            variant="default"
            disabled={busy}
            leftSection={<Symbol size={15} />}
            onClick={() => onAct(able, action)}
          >
            {actionLabels[action]}
            {able.length < jobs.length ? ` (${able.length})` : ''}
          </Button>
        );
      })}
      <LabelMenu label={t('labels')} chosen={common} onChange={relabel} disabled={busy || labelling.isPending} />
      <CloseButton size="sm" aria-label={text('list:bulkBar.clearSelection')} onClick={onClear} />
    </div>
  );
}
