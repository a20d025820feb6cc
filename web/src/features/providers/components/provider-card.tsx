import { Anchor, Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import type { Provider, ProviderInfo, SeedrInfo } from '@/api/model';
import { HealthLabel } from '@/components/health-label';
import { ProgressBar } from '@/components/progress-bar';
import { RelativeTime } from '@/components/relative-time';
import { useConfirmed } from '@/lib/confirmed';
import { fillTone } from '@/lib/fill';
import { formatAt, formatBytes, formatCount, formatPlural, formatTime } from '@/lib/format';
import { providerTitles } from '@/lib/provider';
import { useNow } from '@/lib/use-now';

import { providerKeys, verifyProvider } from '../api';
import { healthOf, restText, slotSource } from '../health';
import { CheckResult } from './check-result';
import classes from './providers.module.css';

interface ProviderCardProps {
  info: ProviderInfo;
  onSwitch: (to: Provider) => void;
}

/** One provider: its health, its free slots and space, and its actions. */
export function ProviderCard({ info, onSwitch }: ProviderCardProps) {
  const client = useQueryClient();
  const title = providerTitles[info.provider];
  const confirmed = useConfirmed();
  const verifying = useMutation({
    mutationFn: () => confirmed(() => verifyProvider(info.provider)),
    onSuccess: () => client.invalidateQueries({ queryKey: providerKeys.list() }),
  });
  return (
    <li className={classes.card} data-active={info.active || undefined}>
      <div className={classes.cardhead}>
        <h2 className={classes.name}>{title}</h2>
        {info.active && <span className={classes.active}>Active</span>}
        <HealthLabel health={healthOf(info)} />
      </div>
      <p className={classes.summary}>
        {info.summary}
        {info.active && ' New downloads go here.'}
      </p>
      {info.seedr?.configured === false ? <HowToConfigure /> : <Room info={info} title={title} />}
      <dl className={classes.facts}>
        <Fact name="Downloads">
          {formatCount(info.running)} running, {formatCount(info.waiting)} waiting
        </Fact>
        {info.seedr?.configured && <SeedrFacts seedr={info.seedr} />}
        {!info.seedr && (
          <Fact name="Agents">
            {info.agents === 0 ? 'none takes work' : `${formatPlural(info.agents, 'agent takes', 'agents take')} work`} ·{' '}
            <Anchor inherit className={classes.whole} renderRoot={(props) => <Link to="/admin/agents" {...props} />}>
              All agents
            </Anchor>
          </Fact>
        )}
      </dl>
      <CheckResult check={verifying.data} error={verifying.error} />
      <div className={classes.buttons}>
        <Button variant="default" loading={verifying.isPending} onClick={() => verifying.mutate()}>
          Verify<span className={classes.unseen}> {title}</span>
        </Button>
        {!info.active && (
          <Button variant={info.healthy ? 'filled' : 'default'} onClick={() => onSwitch(info.provider)}>
            Switch to {title}
          </Button>
        )}
      </div>
    </li>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function HowToConfigure() {
  return (
    <p className={classes.hint}>
      Set <code>SEEDR_EMAIL</code> and <code>SEEDR_PASSWORD</code> in the worker's environment and restart the worker.
    </p>
  );
}

function Room({ info: { slots, slotsFree, seedr }, title }: { info: ProviderInfo; title: string }) {
  const busy = slots > 0 ? (slots - slotsFree) / slots : 0;
  const source = slotSource(seedr?.slotsFrom ?? '');
  return (
    <>
      <div className={classes.meter}>
        <span>Slots</span>
        <span className="tabular">
          {slots > 0 ? `${formatCount(slotsFree)} free of ${formatCount(slots)}` : seedr ? 'unknown' : 'none'}
          {slots > 0 && source !== '' && `, ${source}`}
        </span>
        <ProgressBar label={`Slots of ${title}`} done={busy} stored={busy} tone={slots > 0 && slotsFree === 0 ? 'warn' : 'active'} />
      </div>
      {seedr && <Space seedr={seedr} title={title} />}
    </>
  );
}

function Space({ seedr: { spaceMax, spaceUsed, spaceFree }, title }: { seedr: SeedrInfo; title: string }) {
  const used = spaceMax > 0 ? spaceUsed / spaceMax : 0;
  // Space that is neither used nor free is reserved for downloads that have a slot.
  const taken = spaceMax > 0 ? Math.max(used, (spaceMax - spaceFree) / spaceMax) : 0;
  const held = spaceMax - spaceUsed - spaceFree;
  return (
    <div className={classes.meter}>
      <span>Space</span>
      <span className="tabular">
        {spaceMax > 0 ? `${formatBytes(spaceFree)} free of ${formatBytes(spaceMax)}` : 'unknown'}
        {spaceMax > 0 && held > 0 && `, ${formatBytes(held)} reserved`}
      </span>
      <ProgressBar label={`Space of ${title}`} done={taken} stored={used} tone={fillTone(taken)} />
    </div>
  );
}

function SeedrFacts({ seedr }: { seedr: SeedrInfo }) {
  const now = useNow();
  return (
    <>
      <Fact name="Plan">{seedr.plan === '' ? 'unknown' : seedr.plan}</Fact>
      <Fact name="Last success">{seedr.lastOkAt === null ? 'none yet' : <RelativeTime at={seedr.lastOkAt} />}</Fact>
      {seedr.failedSince !== null && (
        <Fact name="Failing">
          since {formatTime(seedr.failedSince, now)}
          {seedr.problem !== '' && (
            <>
              {' '}
              (<span className="mono">{seedr.problem}</span>)
            </>
          )}
        </Fact>
      )}
      <Fact name="Breaker">
        {seedr.restUntil === null ? (
          'closed'
        ) : (
          <>
            open: {restText(seedr.restReason)}. Next call {formatAt(seedr.restUntil, now)}.
          </>
        )}
      </Fact>
      {seedr.others > 0 && <Fact name="Other transfers">{formatPlural(seedr.others, 'transfer', 'transfers')} that no download needs</Fact>}
      <Fact name="Credentials">{seedr.credentialsFrom === 'file' ? "from files, named in the worker's environment" : "from the worker's environment"}</Fact>
    </>
  );
}
