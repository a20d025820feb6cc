import { useState } from 'react';

import type { Job } from '@/api/model';

import type { PlainAction } from '../api';
import { ActConfirm, asksFirst } from '../components/act-confirm';
import { actionIcons } from '../components/job-menu';
import { actionLabels } from '../state';
import { useAct, type Act } from '../use-act';
import { ActButton } from './act-button';

/** What a job's owner can do to it. */
export function OwnerActs({ job, onDeleted }: { job: Job; onDeleted: () => void }) {
  const [asked, setAsked] = useState<Act>();
  const doing = useAct(() => {
    if (asked?.action === 'delete') onDeleted();
    setAsked(undefined);
  });
  const start = (action: PlainAction) => {
    const next: Act = { jobs: [job], action };
    if (asksFirst(action)) setAsked(next);
    else doing.mutate(next);
  };
  return (
    <>
      {job.actions.map((action) =>
        action === 'select' ? null : (
          <ActButton key={action} act={action} label={actionLabels[action]} icon={actionIcons[action]} busy={doing.isPending} onClick={() => start(action)} />
        ),
      )}
      <ActConfirm asked={asked} busy={doing.isPending} onConfirm={(act) => doing.mutate(act)} onClose={() => setAsked(undefined)} />
    </>
  );
}
