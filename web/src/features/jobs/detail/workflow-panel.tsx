import { Anchor } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { IconExternalLink } from '@/components/icons';
import { messageOf } from '@/lib/problem';

import { workflowQuery } from '../api';
import './messages/catalogue';
import classes from './detail.module.css';

/** The workflow behind a job, with a link to it, for admins. */
export function WorkflowPanel({ jobId }: { jobId: string }) {
  const { t } = useTranslation('detail');
  const { data: workflow, error } = useQuery(workflowQuery(jobId));
  return (
    <section className={classes.admin} aria-labelledby="workflow-title">
      <h2 className={classes.cardtitle} id="workflow-title">
        {t('workflowPanel.workflow')}
      </h2>
      {error && !workflow && <p className={classes.cardtext}>{messageOf(error)}</p>}
      {workflow && (
        <>
          <dl>
            <dt>{t('workflowPanel.status')}</dt>
            <dd>{workflow.status}</dd>
            <dt>{t('workflowPanel.id')}</dt>
            <dd className="mono">{workflow.workflowId}</dd>
          </dl>
          {workflow.uiUrl !== '' && (
            <Anchor href={workflow.uiUrl} target="_blank" rel="noreferrer" size="sm">
              {t('workflowPanel.openInTemporal')} <IconExternalLink size={13} aria-hidden="true" />
            </Anchor>
          )}
        </>
      )}
    </section>
  );
}
