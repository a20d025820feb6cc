import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { OwnAct } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { FormFault } from '@/components/form-fault';
import { toastDone } from '@/components/toast';
import { labelsQuery } from '@/features/jobs/labels/api';
import { useLabelJobs } from '@/features/jobs/labels/use-label-jobs';
import { useTrash } from '@/lib/trash/context';

import type { JobFilter } from '../api';
import { actionLabels } from '../state';
import { manyKeys, startJobAct } from './api';

/** What is to be done: an act, or one label that all get or lose. */
export type Wish = { act: OwnAct } | { add: string } | { remove: string };

interface ManyDialogProps {
  filter: JobFilter;
  /** How many downloads match, in words. */
  many: string;
  wish: Wish | undefined;
  onClose: () => void;
  onDone: () => void;
}

/** Asks before something is done to everything that the filter finds, and does it. */
export function ManyDialog({ filter, many, wish, onClose, onDone }: ManyDialogProps) {
  const { t } = useTranslation('many');
  const client = useQueryClient();
  const trash = useTrash();
  const labelling = useLabelJobs();
  const labelId = wish === undefined || 'act' in wish ? undefined : 'add' in wish ? wish.add : wish.remove;
  const { data: labels = [] } = useQuery({ ...labelsQuery(), enabled: labelId !== undefined });
  const label = labels.find(({ id }) => id === labelId)?.name ?? '';
  const starting = useMutation({
    mutationFn: (act: OwnAct) => startJobAct(act, filter),
    onSuccess: () => {
      toastDone(t('started'));
      onClose();
      onDone();
      return client.invalidateQueries({ queryKey: manyKeys.all });
    },
  });
  const close = () => {
    starting.reset();
    onClose();
  };
  const act = wish && 'act' in wish ? wish.act : undefined;
  const adds = wish !== undefined && 'add' in wish;
  const confirm = () => {
    if (act) starting.mutate(act);
    else if (labelId !== undefined) {
      const change = { jobs: filter, add: adds ? [labelId] : [], remove: adds ? [] : [labelId] };
      labelling.mutate(change, { onSuccess: onDone, onSettled: close });
    }
  };
  return (
    <ConfirmDialog
      opened={wish !== undefined}
      title={act ? t(`ask_${act}`, { many }) : t(adds ? 'askAdd' : 'askRemove', { many, label })}
      confirmLabel={act ? actionLabels[act] : t(adds ? 'add' : 'remove')}
      dismissLabel={t('back')}
      danger={act === 'delete' || act === 'cancel'}
      {...(act === 'delete' && { typed: 'delete' })}
      busy={starting.isPending || labelling.isPending}
      onConfirm={confirm}
      onClose={close}
    >
      <p>{t('reach')}</p>
      {act && (
        <>
          <p>{t(act === 'delete' && trash ? 'what_trash' : `what_${act}`)}</p>
          <p>{t('rest')}</p>
        </>
      )}
      <FormFault error={starting.error} />
    </ConfirmDialog>
  );
}
