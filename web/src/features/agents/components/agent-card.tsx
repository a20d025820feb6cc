import { Button } from '@mantine/core';

import type { Agent } from '@/api/model';
import { HealthLabel, type Health } from '@/components/health-label';
import { IconAlertTriangle, IconBan, IconCircleCheck, IconHourglassHigh, IconWifiOff } from '@/components/icons';
import { ProgressBar } from '@/components/progress-bar';
import { RelativeTime } from '@/components/relative-time';
import { fillTone } from '@/lib/fill';
import { formatBytes } from '@/lib/format';

import type { AgentAct } from '../api';
import classes from './agents.module.css';

/** Returns an agent's health in one word. Silence outweighs the state that admins set. */
export function healthOf(agent: Agent): Health {
  if (!agent.alive && agent.lastSeenAt === null) return { label: 'Never seen', icon: IconHourglassHigh, tone: 'idle' };
  if (!agent.alive) return { label: 'Lost', icon: IconWifiOff, tone: 'bad' };
  if (agent.state === 'draining') return { label: 'Draining', icon: IconAlertTriangle, tone: 'warn' };
  if (agent.state === 'cordoned') return { label: 'Cordoned', icon: IconBan, tone: 'warn' };
  return { label: 'Healthy', icon: IconCircleCheck, tone: 'ok' };
}

/** Reports whether to offer removal: the agent takes no work, or is silent. The server knows whether jobs run on it. */
function removable(agent: Agent): boolean {
  return agent.state !== 'active' || !agent.alive;
}

/** One agent. */
export function AgentCard({ agent, onAct }: { agent: Agent; onAct: (agent: Agent, act: AgentAct) => void }) {
  const used = agent.diskTotal > 0 ? (agent.diskTotal - agent.diskFree) / agent.diskTotal : 0;
  const busy = agent.capacity > 0 ? agent.running / agent.capacity : 0;
  return (
    <li className={classes.card}>
      <div className={classes.cardhead}>
        <h2 className={classes.name}>{agent.name}</h2>
        <HealthLabel health={healthOf(agent)} />
      </div>
      <p className={classes.address}>
        <span className="mono">{agent.url}</span>
        {agent.version !== '' && <span>version {agent.version}</span>}
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
      <div className={classes.buttons}>
        {agent.state === 'active' ? (
          <Button size="compact-sm" variant="default" onClick={() => onAct(agent, 'cordon')}>
            Cordon
          </Button>
        ) : (
          <Button size="compact-sm" variant="default" onClick={() => onAct(agent, 'uncordon')}>
            Uncordon
          </Button>
        )}
        {agent.state !== 'draining' && (
          <Button size="compact-sm" variant="default" onClick={() => onAct(agent, 'drain')}>
            Drain
          </Button>
        )}
        {removable(agent) && (
          <Button size="compact-sm" variant="default" onClick={() => onAct(agent, 'remove')}>
            Remove
          </Button>
        )}
      </div>
    </li>
  );
}
