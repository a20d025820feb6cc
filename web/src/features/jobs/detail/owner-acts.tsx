import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Job } from '@/api/model';
import { IconFile } from '@/components/icons';
import { useTrash } from '@/lib/trash/context';

import type { OwnerAct } from '../api';
import { ActConfirm, asksFirst } from '../components/act-confirm';
import { actionIcons } from '../components/job-menu';
import { actionLabels } from '../state';
import { useAct, type Act } from '../use-act';
import './messages/catalogue';
import { ActButton } from './act-button';

/** What a job's owner can do to it. */
export function OwnerActs({ job, onDeleted }: { job: Job; onDeleted: () => void }) {
  const { t } = useTranslation('detail');
  const [asked, setAsked] = useState<Act>();
  const trash = useTrash();
  const doing = useAct((action) => {
    if (action === 'delete') onDeleted();
    setAsked(undefined);
  });
  const start = (action: OwnerAct) => {
    const next: Act = { jobs: [job], action };
    if (asksFirst(next, trash)) setAsked(next);
    else doing.mutate(next);
  };
  const leadsToPage = job.problem === 'not_a_file' && job.sourceKind === 'url' && job.actions.includes('retry');
  return (
    <>
      {leadsToPage && (
        <ActButton act="keepPage" label={t('ownerActs.keepThePage')} icon={IconFile} busy={doing.isPending} onClick={() => start('keepPage')} />
      )}
      {job.actions.map((action) =>
        action === 'select' ? null : (
          <ActButton key={action} act={action} label={actionLabels[action]} icon={actionIcons[action]} busy={doing.isPending} onClick={() => start(action)} />
        ),
      )}
      <ActConfirm asked={asked} busy={doing.isPending} onConfirm={(act) => doing.mutate(act)} onClose={() => setAsked(undefined)} />
    </>
  );
}
