import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { Job, Provider } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { FormFault } from '@/components/form-fault';
import { toastDone } from '@/components/toast';
import { text } from '@/lib/messages';
import { providerNames } from '@/lib/provider';

import { jobKeys, moveJob } from '../api';
import { nameOf } from '../state';
import './move-messages/catalogue';
import { moveLabel } from './move-label';

/** Says what happens to a job that moves to another provider, and to what was fetched. */
export function moveTexts(job: Job, to: Provider): string[] {
  const texts: string[] = [];
  if (to === job.provider) {
    return [text('moveJob:filesAndParts')];
  }
  if (to === 'seedr') {
    texts.push(text('moveJob:filesAndPartsIn'));
  } else {
    texts.push(text('moveJob:filesAndPartsInStorage'));
    if (job.sourceKind === 'magnet') {
      texts.push(text('moveJob:ifOnlySeedr'));
    }
  }
  if (job.state === 'paused') texts.push(text('moveJob:itStaysPaused'));
  else if (job.state === 'awaiting_selection') texts.push(text('moveJob:itKeepsWaiting'));
  else texts.push(text('moveJob:itJoinsThe'));
  return texts;
}

export interface MoveJobProps {
  job: Job;
  /** Why the provider can't take work right now; empty if it can, or if that is unknown. */
  troubleOf: (to: Provider) => string;
}

interface MoveDialogProps extends MoveJobProps {
  /** Where the job would move; undefined while no one asks. */
  to: Provider | undefined;
  onClose: () => void;
}

/** Asks before a job moves, and moves it. */
export function MoveDialog({ job, troubleOf, to, onClose }: MoveDialogProps) {
  const { t } = useTranslation('moveJob');
  const client = useQueryClient();
  const moving = useMutation({
    mutationFn: (provider: Provider) => moveJob(job.id, provider),
    onSuccess: (_, provider) => {
      toastDone(provider === job.provider ? t('movingToAnother', { job: nameOf(job) }) : t('movingTo', { job: nameOf(job), providerNames: providerNames[provider] }));
      onClose();
      return client.invalidateQueries({ queryKey: jobKeys.all });
    },
  });
  const close = () => {
    moving.reset();
    onClose();
  };
  const trouble = to ? troubleOf(to) : '';
  return (
    <ConfirmDialog
      opened={to !== undefined}
      title={to ? `${moveLabel(to, to === job.provider)}?` : ''}
      confirmLabel={t('move')}
      danger={false}
      busy={moving.isPending}
      onConfirm={() => to && moving.mutate(to)}
      onClose={close}
    >
      <p>
        {t('isWithNow', { job: nameOf(job), providerNames: providerNames[job.provider] })}
      </p>
      {to && moveTexts(job, to).map((text) => <p key={text}>{text}</p>)}
      {trouble !== '' && (
        <p>
          <b>{trouble}</b> {t('theDownloadWaits')}
        </p>
      )}
      <FormFault error={moving.error} />
    </ConfirmDialog>
  );
}
