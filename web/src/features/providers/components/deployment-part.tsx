import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import type { DeploymentCheck } from '@/api/model';
import { HealthLabel, type Health } from '@/components/health-label';
import { IconAlertTriangle, IconCircleCheck } from '@/components/icons';
import { ErrorNotice } from '@/components/notice';

import { deploymentQuery } from '../api';
import classes from './providers.module.css';

const titles: Record<string, string> = {
  database: 'Database', temporal: 'Temporal', storage: 'Storage', mail: 'Mail', turnstile: 'Turnstile',
  deletion: 'Clean-up of storage', 'lost-files': 'Stored files', 'agent-disks': 'Disks of agents', admission: 'Slots for queued downloads', 'worker-control': 'Worker: control', 'worker-tracking': 'Worker: tracking', 'worker-transfers': 'Worker: transfers', 'worker-mail': 'Worker: mail',
};

const healths: Record<DeploymentCheck['status'], Health> = {
  ok: { label: 'OK', icon: IconCircleCheck, tone: 'ok' },
  away: { label: 'Unreachable', icon: IconAlertTriangle, tone: 'bad' },
  off: { label: 'Not configured', icon: IconAlertTriangle, tone: 'warn' },
};

/** Checks that tell of a decision that is due, not of something that is away. */
const waits: Health = { label: 'Needs you', icon: IconAlertTriangle, tone: 'bad' };

const full: Health = { label: 'Full', icon: IconAlertTriangle, tone: 'bad' };

function healthOf({ name, status }: DeploymentCheck): Health {
  if (name === 'agent-disks' && status === 'away') return full;
  return status === 'away' && (name === 'deletion' || name === 'lost-files') ? waits : healths[status];
}

/** The parts of the deployment, and what doesn't work while one is missing. */
export function DeploymentPart() {
  const { data, error, refetch } = useQuery(deploymentQuery());
  return (
    <section className={classes.part} aria-labelledby="deployment">
      <h2 id="deployment">Deployment</h2>
      {!data && !error && <Skeleton height={220} radius="lg" />}
      {!data && error && <ErrorNotice error={error} title="Couldn't load the deployment health" retry={() => void refetch()} />}
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
