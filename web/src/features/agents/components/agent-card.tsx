import { Link } from '@tanstack/react-router';

import type { Agent } from '@/api/model';
import { HealthLabel, type Health } from '@/components/health-label';
import { IconAlertTriangle, IconBan, IconCircleCheck, IconHourglassHigh, IconWifiOff } from '@/components/icons';
import { ProgressBar } from '@/components/progress-bar';
import { RelativeTime } from '@/components/relative-time';
import { fillTone } from '@/lib/fill';
import { formatBytes, formatPlural } from '@/lib/format';

import type { AgentAct } from '../api';
import { AgentButtons } from './agent-acts';
import classes from './agents.module.css';

/** Returns an agent's health in one word. Silence outweighs the state that admins set. */
export function healthOf(agent: Agent): Health {
  if (!agent.alive && agent.lastSeenAt === null) return { label: 'Never seen', icon: IconHourglassHigh, tone: 'idle' };
  if (!agent.alive) return { label: 'Lost', icon: IconWifiOff, tone: 'bad' };
  if (agent.state === 'draining') return { label: 'Draining', icon: IconAlertTriangle, tone: 'warn' };
  if (agent.state === 'cordoned') return { label: 'Cordoned', icon: IconBan, tone: 'warn' };
  return { label: 'Healthy', icon: IconCircleCheck, tone: 'ok' };
}

/** One agent. */
export function AgentCard({ agent, onAct }: { agent: Agent; onAct: (agent: Agent, act: AgentAct) => void }) {
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
      {agent.pool !== '' && <p className={classes.address}>Pool: {agent.pool}</p>}
      <AgentFacts agent={agent} />
      <LeftNote agent={agent} />
      <AgentButtons agent={agent} onAct={onAct} />
    </li>
  );
}

/** An agent's address, version, transfers and disk. */
export function AgentFacts({ agent }: { agent: Agent }) {
  const used = agent.diskTotal > 0 ? (agent.diskTotal - agent.diskFree) / agent.diskTotal : 0;
  const busy = agent.capacity > 0 ? agent.running / agent.capacity : 0;
  return (
    <>
      <p className={classes.address}>
        <span className="mono">{agent.url}</span>
        {agent.version !== '' && (
          <span data-outdated={agent.outdated || undefined}>
            version {agent.version}
            {agent.outdated && ', older than this server'}
          </span>
        )}
        <span>{agent.lastSeenAt ? <>seen <RelativeTime at={agent.lastSeenAt} /></> : 'not seen yet'}</span>
      </p>
      <div className={classes.meter}>
        <span>Transfers</span>
        <span className="tabular">
          {agent.running} of {agent.capacity}
        </span>
        <ProgressBar label={`Transfers of ${agent.name}`} done={busy} stored={busy} tone="active" />
      </div>
      <div className={classes.meter}>
        <span>Disk</span>
        <span className="tabular">
          {agent.diskTotal > 0 ? `${formatBytes(agent.diskFree)} free of ${formatBytes(agent.diskTotal)}` : 'unknown'}
        </span>
        <ProgressBar label={`Disk of ${agent.name}`} done={used} stored={used} tone={fillTone(used)} />
      </div>
    </>
  );
}

/** What a drain still waits for. */
export function LeftNote({ agent: { state, left } }: { agent: Agent }) {
  if (state !== 'draining') return null;
  return (
    <p className={classes.left} role="status">
      {left.jobs === 0
        ? 'Drained: no download is left.'
        : `${formatPlural(left.jobs, 'download', 'downloads')} left${left.bytes > 0 ? `, ${formatBytes(left.bytes)} not stored yet` : ''}.`}
    </p>
  );
}
