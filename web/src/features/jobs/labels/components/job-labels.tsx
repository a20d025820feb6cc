import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { Job } from '@/api/model';
import { toastFailed } from '@/components/toast';
import { applyJob } from '@/features/jobs/cache';
import { http, send } from '@/lib/http';

import { refreshLabels } from '../api';
import '../messages/catalogue';
import { LabelMenu } from './label-menu';
import classes from './labels.module.css';

/** The labels of one download, to change them. */
export function JobLabels({ job, name }: { job: Job; name: string }) {
  const { t } = useTranslation('labels');
  const client = useQueryClient();
  const setting = useMutation({
    mutationFn: (labels: string[]) => send(http.PUT('/api/v1/jobs/{id}/labels', { params: { path: { id: job.id } }, body: { labels } })),
    onSuccess: (changed) => {
      applyJob(client, changed);
      refreshLabels(client);
    },
    onError: (error) => toastFailed(t('couldnt'), error),
  });
  return (
    <span className={classes.oflabel}>
      <LabelMenu label={t('labels')} name={t('of', { name })} chosen={setting.isPending ? setting.variables : job.labels} onChange={(chosen) => setting.mutate(chosen)} />
    </span>
  );
}
