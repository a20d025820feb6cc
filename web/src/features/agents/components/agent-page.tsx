import { Button, Skeleton } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Trans, useTranslation } from 'react-i18next';

import type { AgentTransfer, JobState } from '@/api/model';
import { HealthLabel } from '@/components/health-label';
import { ErrorNotice } from '@/components/notice';
import { Page } from '@/components/page';
import { ProgressBar } from '@/components/progress-bar';
import { RelativeTime } from '@/components/relative-time';
import { formatBytes, formatRate } from '@/lib/format';

import '../messages/catalogue';
import { agentQuery, hoursQuery, transfersQuery } from '../api';
import { AgentButtons, useAgentActs } from './agent-acts';
import { AgentFacts, healthOf, LeftNote } from './agent-card';
import classes from './agents.module.css';
import { HoursChart } from './hours-chart';
import { LimitRow } from './limit-dialog';
import { PoolRow } from './pool-row';

interface AgentPageProps {
  agentId: string;
  /** What a state of a download is called. */
  stateName: (state: JobState) => string;
  onRemoved: () => void;
}

/** One agent: how it does, what runs on it, and how it did in the last week. */
export function AgentPage({ agentId, stateName, onRemoved }: AgentPageProps) {
  const { t } = useTranslation('agents');
  const { data: agent, error, refetch } = useQuery(agentQuery(agentId));
  const { start, dialog } = useAgentActs(onRemoved);
  if (!agent) {
    return (
      <Page title={t('agentPage.agent')}>
        {error ? <ErrorNotice error={error} title={t('agentPage.couldntLoadThe')} retry={() => void refetch()} /> : <Skeleton height={320} radius="lg" />}
      </Page>
    );
  }
  return (
    <Page title={agent.name} intro={<Link to="/admin/agents" className={classes.back}>{t('agentPage.allAgents')}</Link>} actions={<HealthLabel health={healthOf(agent)} />}>
      <div className={classes.card}>
        <AgentFacts agent={agent} />
        <LeftNote agent={agent} />
        <LimitRow agent={agent} />
        <PoolRow agent={agent} />
        <AgentButtons agent={agent} onAct={start} />
      </div>
      <TransfersPart agentId={agentId} stateName={stateName} />
      <HoursPart agentId={agentId} />
      {dialog}
    </Page>
  );
}

function TransfersPart({ agentId, stateName }: Pick<AgentPageProps, 'agentId' | 'stateName'>) {
  const { t } = useTranslation('agents');
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(transfersQuery(agentId));
  const transfers = data?.pages.flatMap((page) => page.transfers);
  return (
    <section className={classes.part} data-hold aria-labelledby="transfers">
      <h2 id="transfers">{t('agentPage.runningTransfers')}</h2>
      {!transfers && (error ? <ErrorNotice error={error} title={t('agentPage.couldntLoadTheTransfers')} retry={() => void refetch()} /> : <Skeleton height={120} radius="lg" />)}
      {transfers?.length === 0 && <p className={classes.note}>{t('agentPage.noDownloadRuns')}</p>}
      {transfers && transfers.length > 0 && (
        <div className={classes.card}>
          <ul className={classes.transfers} aria-labelledby="transfers">
            {transfers.map((transfer) => (
              <Transfer key={transfer.jobId} transfer={transfer} stateName={stateName} />
            ))}
          </ul>
        </div>
      )}
      {hasNextPage && (
        <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t('agentPage.showMore')}
        </Button>
      )}
    </section>
  );
}

function Transfer({ transfer, stateName }: { transfer: AgentTransfer; stateName: AgentPageProps['stateName'] }) {
  const { t } = useTranslation('agents');
  const { jobId, name, owner, state, startedAt, bytesTotal, bytesDone, bytesStored, downRate } = transfer;
  const title = name === '' ? t('agentPage.unnamedDownload') : name;
  const known = bytesTotal > 0;
  return (
    <li className={classes.transfer}>
      <Link to="/admin/jobs/$jobId" params={{ jobId }}>
        {title}
      </Link>
      <span className="tabular">{downRate > 0 ? formatRate(downRate) : stateName(state)}</span>
      <span>
        <Trans t={t} i18nKey="agentPage.started" values={{ owner }} components={{ relativetime: <RelativeTime at={startedAt} /> }} />
      </span>
      <span className="tabular">{known ? t('agentPage.of', { bytesDone: formatBytes(bytesDone), bytesTotal: formatBytes(bytesTotal) }) : t('agentPage.sizeUnknown')}</span>
      <ProgressBar label={t('agentPage.progressOf', { title })} done={known ? bytesDone / bytesTotal : null} stored={known ? bytesStored / bytesTotal : 0} tone="active" />
    </li>
  );
}

function HoursPart({ agentId }: { agentId: string }) {
  const { t } = useTranslation('agents');
  const { data: hours, error, refetch } = useQuery(hoursQuery(agentId));
  return (
    <section className={classes.part} aria-labelledby="heartbeats">
      <h2 id="heartbeats">{t('agentPage.heartbeatsLast7')}</h2>
      {!hours && (error ? <ErrorNotice error={error} title={t('agentPage.couldntLoadTheHeartbeats')} retry={() => void refetch()} /> : <Skeleton height={150} radius="lg" />)}
      {hours && (
        <div className={classes.card}>
          <HoursChart hours={hours} />
        </div>
      )}
    </section>
  );
}
