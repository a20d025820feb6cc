import { Button, CloseButton } from '@mantine/core';

import type { Job } from '@/api/model';
import { formatPlural } from '@/lib/format';

import type { PlainAction } from '../api';
import { actionIcons } from '../components/job-menu';
import { actionLabels } from '../state';
import classes from './job-list.module.css';

const bulkActions: readonly PlainAction[] = ['pause', 'resume', 'retry', 'cancel', 'delete'];

interface BulkBarProps {
  jobs: readonly Job[];
  busy: boolean;
  onAct: (jobs: readonly Job[], action: PlainAction) => void;
  onClear: () => void;
  onAll: () => void;
}

/** The actions on the selected jobs. An action applies to those that allow it. */
export function BulkBar({ jobs, busy, onAct, onClear, onAll }: BulkBarProps) {
  return (
    <div className={classes.bulk} role="toolbar" aria-label="Selected downloads">
      <span className={classes.bulkcount} role="status">
        {formatPlural(jobs.length, 'download', 'downloads')} selected
      </span>
      <Button size="compact-sm" variant="subtle" onClick={onAll}>
        Select all loaded
      </Button>
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
      <CloseButton size="sm" aria-label="Clear selection" onClick={onClear} />
    </div>
  );
}
