import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { DeploymentCheck } from '@/api/model';
import { HealthLabel, type Health } from '@/components/health-label';
import { IconAlertTriangle, IconCircleCheck } from '@/components/icons';
import { ErrorNotice } from '@/components/notice';
import { text } from '@/lib/messages';

import '../messages/catalogue';
import { deploymentQuery } from '../api';
import classes from './providers.module.css';

const titles: Record<string, string> = {
  database: text('providers:deploymentPart.database'), temporal: text('providers:deploymentPart.temporal'), storage: text('providers:deploymentPart.storage'), mail: text('providers:deploymentPart.mail'), turnstile: text('providers:deploymentPart.turnstile'),
  deletion: text('providers:deploymentPart.cleanUpOf'), 'lost-files': text('providers:deploymentPart.storedFiles'), 'agent-disks': text('providers:deploymentPart.disksOfAgents'), admission: text('providers:deploymentPart.slotsForQueued'), 'worker-control': text('providers:deploymentPart.workerControl'), 'worker-tracking': text('providers:deploymentPart.workerTracking'), 'worker-transfers': text('providers:deploymentPart.workerTransfers'), 'worker-mail': text('providers:deploymentPart.workerMail'),
};

const healths: Record<DeploymentCheck['status'], Health> = {
  ok: { label: text('providers:deploymentPart.ok'), icon: IconCircleCheck, tone: 'ok' },
  away: { label: text('providers:deploymentPart.unreachable'), icon: IconAlertTriangle, tone: 'bad' },
  off: { label: text('providers:deploymentPart.notConfigured'), icon: IconAlertTriangle, tone: 'warn' },
};

/** Checks that tell of a decision that is due, not of something that is away. */
const waits: Health = { label: text('providers:deploymentPart.needsYou'), icon: IconAlertTriangle, tone: 'bad' };

const full: Health = { label: text('providers:deploymentPart.full'), icon: IconAlertTriangle, tone: 'bad' };

function healthOf({ name, status }: DeploymentCheck): Health {
  if (name === 'agent-disks' && status === 'away') return full;
  return status === 'away' && (name === 'deletion' || name === 'lost-files') ? waits : healths[status];
}

/** The parts of the deployment, and what doesn't work while one is missing. */
export function DeploymentPart() {
  const { t } = useTranslation('providers');
  const { data, error, refetch } = useQuery(deploymentQuery());
  return (
    <section className={classes.part} aria-labelledby="deployment">
      <h2 id="deployment">{t('deploymentPart.deployment')}</h2>
      {!data && !error && <Skeleton height={220} radius="lg" />}
      {!data && error && <ErrorNotice error={error} title={t('deploymentPart.couldntLoadThe')} retry={() => void refetch()} />}
      {data && (
        <ul className={classes.history} aria-labelledby="deployment">
          {data.checks.map((check) => (
            <li key={check.name}>
              <span className={classes.what}>{titles[check.name] ?? check.name}</span>
              <HealthLabel health={healthOf(check)} />
              {check.missing && <p className={classes.detail}>{check.missing}</p>}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
