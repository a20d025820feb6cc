import { Link } from '@tanstack/react-router';
import { Trans, useTranslation } from 'react-i18next';

import type { Agent } from '@/api/model';
import { HealthLabel, type Health } from '@/components/health-label';
import { IconAlertTriangle, IconBan, IconCircleCheck, IconHourglassHigh, IconWifiOff } from '@/components/icons';
import { ProgressBar } from '@/components/progress-bar';
import { RelativeTime } from '@/components/relative-time';
import { fillTone } from '@/lib/fill';
import { formatBytes, formatCount } from '@/lib/format';
import { text } from '@/lib/messages';

import '../messages/catalogue';
import type { AgentAct } from '../api';
import { AgentButtons } from './agent-acts';
import classes from './agents.module.css';

/** Returns an agent's health in one word. Silence outweighs the state that admins set. */
export function healthOf(agent: Agent): Health {
  if (!agent.alive && agent.lastSeenAt === null) return { label: text('agents:agentCard.neverSeen'), icon: IconHourglassHigh, tone: 'idle' };
  if (!agent.alive) return { label: text('agents:agentCard.lost'), icon: IconWifiOff, tone: 'bad' };
  if (agent.state === 'draining') return { label: text('agents:agentCard.draining'), icon: IconAlertTriangle, tone: 'warn' };
  if (agent.state === 'cordoned') return { label: text('agents:agentCard.cordoned'), icon: IconBan, tone: 'warn' };
  return { label: text('agents:agentCard.healthy'), icon: IconCircleCheck, tone: 'ok' };
}

/** One agent. */
export function AgentCard({ agent, onAct }: { agent: Agent; onAct: (agent: Agent, act: AgentAct) => void }) {
  const { t } = useTranslation('agents');
  return (
    <li className={classes.card}>
      <div className={classes.cardhead}>
        <h2 className={classes.name}>
          <Link to="/admin/agents/$agentId" params={{ agentId: agent.id }}>
            {agent.name}
          </Link>
        </h2>
        <HealthLabel health={healthOf(agent)} />
      </div>
      {agent.pool !== '' && <p className={classes.address}>{t('agentCard.pool', { pool: agent.pool })}</p>}
      <AgentFacts agent={agent} />
      <LeftNote agent={agent} />
      <AgentButtons agent={agent} onAct={onAct} />
    </li>
  );
}

/** An agent's address, version, transfers and disk. */
export function AgentFacts({ agent }: { agent: Agent }) {
  const { t } = useTranslation('agents');
  const used = agent.diskTotal > 0 ? (agent.diskTotal - agent.diskFree) / agent.diskTotal : 0;
  const busy = agent.capacity > 0 ? agent.running / agent.capacity : 0;
  return (
    <>
      <p className={classes.address}>
        <span className="mono">{agent.url}</span>
        {agent.version !== '' && (
          <span data-outdated={agent.outdated || undefined}>
            {agent.outdated ? t('agentCard.versionOlderThan', { version: agent.version }) : t('agentCard.version', { version: agent.version })}
          </span>
        )}
        <span>{agent.lastSeenAt ? <><Trans t={t} i18nKey="agentCard.seen" components={{ relativetime: <RelativeTime at={agent.lastSeenAt} /> }} /></> : t('agentCard.notSeenYet')}</span>
      </p>
      <div className={classes.meter}>
        <span>{t('agentCard.transfers')}</span>
        <span className="tabular">
          {t('agentCard.of', { running: agent.running, capacity: agent.capacity })}
        </span>
        <ProgressBar label={t('agentCard.transfersOf', { name: agent.name })} done={busy} stored={busy} tone="active" />
      </div>
      <div className={classes.meter}>
        <span>{t('agentCard.disk')}</span>
        <span className="tabular">
          {agent.diskTotal > 0 ? t('agentCard.freeOf', { diskFree: formatBytes(agent.diskFree), diskTotal: formatBytes(agent.diskTotal) }) : t('agentCard.unknown')}
        </span>
        <ProgressBar label={t('agentCard.diskOf', { name: agent.name })} done={used} stored={used} tone={fillTone(used)} />
      </div>
    </>
  );
}

/** What a drain still waits for. */
export function LeftNote({ agent: { state, left } }: { agent: Agent }) {
  const { t } = useTranslation('agents');
  if (state !== 'draining') return null;
  return (
    <p className={classes.left} role="status">
      {left.jobs === 0
        ? t('agentCard.drainedNoDownload')
        : left.bytes > 0 ? t('agentCard.downloadsLeftNot', { count: left.jobs, number: formatCount(left.jobs), bytes: formatBytes(left.bytes) }) : t('agentCard.downloadsLeft', { count: left.jobs, number: formatCount(left.jobs) })}
    </p>
  );
}
