import { Anchor, Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Trans, useTranslation } from 'react-i18next';

import type { Provider, ProviderInfo, SeedrInfo } from '@/api/model';
import { HealthLabel } from '@/components/health-label';
import { ProgressBar } from '@/components/progress-bar';
import { RelativeTime } from '@/components/relative-time';
import { useConfirmed } from '@/lib/confirmed';
import { fillTone } from '@/lib/fill';
import { formatAt, formatBytes, formatCount, formatTime } from '@/lib/format';
import { providerTitles } from '@/lib/provider';
import { useNow } from '@/lib/use-now';

import '../messages/catalogue';
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
  const { t } = useTranslation('providers');
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
        {info.active && <span className={classes.active}>{t('providerCard.active')}</span>}
        <HealthLabel health={healthOf(info)} />
      </div>
      <p className={classes.summary}>
        {info.summary}
        {info.active && t('providerCard.newDownloadsGo')}
      </p>
      {info.seedr?.configured === false ? <HowToConfigure /> : <Room info={info} title={title} />}
      <dl className={classes.facts}>
        <Fact name={t('providerCard.factDownloads')}>
          {t('providerCard.runningWaiting', { running: formatCount(info.running), waiting: formatCount(info.waiting) })}
        </Fact>
        {info.seedr?.configured && <SeedrFacts seedr={info.seedr} />}
        {!info.seedr && (
          <Fact name={t('providerCard.factAgents')}>
            {info.agents === 0 ? t('providerCard.noneTakesWork') : t('providerCard.agentsTakeWork', { count: info.agents, number: formatCount(info.agents) })} ·{' '}
            <Anchor inherit className={classes.whole} renderRoot={(props) => <Link to="/admin/agents" {...props} />}>
              {t('providerCard.allAgents')}
            </Anchor>
          </Fact>
        )}
      </dl>
      <CheckResult check={verifying.data} error={verifying.error} />
      <div className={classes.buttons}>
        <Button variant="default" loading={verifying.isPending} onClick={() => verifying.mutate()}>
          <Trans t={t} i18nKey="providerCard.verify" values={{ title }} components={{ span: <span className={classes.unseen} /> }} />
        </Button>
        {!info.active && (
          <Button variant={info.healthy ? 'filled' : 'default'} onClick={() => onSwitch(info.provider)}>
            {t('providerCard.switchTo', { title })}
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
  const { t } = useTranslation('providers');
  return (
    <p className={classes.hint}>
      <Trans t={t} i18nKey="providerCard.setSeedrEmail" components={{ code: <code />, code2: <code /> }} />
    </p>
  );
}

function Room({ info: { slots, slotsFree, seedr }, title }: { info: ProviderInfo; title: string }) {
  const { t } = useTranslation('providers');
  const busy = slots > 0 ? (slots - slotsFree) / slots : 0;
  const source = slotSource(seedr?.slotsFrom ?? '');
  return (
    <>
      <div className={classes.meter}>
        <span>{t('providerCard.slots')}</span>
        <span className="tabular">
          {slots > 0 ? t('providerCard.freeOf', { slotsFree: formatCount(slotsFree), slots: formatCount(slots) }) : seedr ? t('providerCard.unknown') : t('providerCard.none')}
          {slots > 0 && source !== '' && `, ${source}`}
        </span>
        <ProgressBar label={t('providerCard.slotsOf', { title })} done={busy} stored={busy} tone={slots > 0 && slotsFree === 0 ? 'warn' : 'active'} />
      </div>
      {seedr && <Space seedr={seedr} title={title} />}
    </>
  );
}

function Space({ seedr: { spaceMax, spaceUsed, spaceFree }, title }: { seedr: SeedrInfo; title: string }) {
  const { t } = useTranslation('providers');
  const used = spaceMax > 0 ? spaceUsed / spaceMax : 0;
  // Space that is neither used nor free is reserved for downloads that have a slot.
  const taken = spaceMax > 0 ? Math.max(used, (spaceMax - spaceFree) / spaceMax) : 0;
  const held = spaceMax - spaceUsed - spaceFree;
  return (
    <div className={classes.meter}>
      <span>{t('providerCard.space')}</span>
      <span className="tabular">
        {spaceMax > 0 ? t('providerCard.freeOf2', { spaceFree: formatBytes(spaceFree), spaceMax: formatBytes(spaceMax) }) : t('providerCard.unknown')}
        {spaceMax > 0 && held > 0 && t('providerCard.reserved', { held: formatBytes(held) })}
      </span>
      <ProgressBar label={t('providerCard.spaceOf', { title })} done={taken} stored={used} tone={fillTone(taken)} />
    </div>
  );
}

function SeedrFacts({ seedr }: { seedr: SeedrInfo }) {
  const { t } = useTranslation('providers');
  const now = useNow();
  return (
    <>
      <Fact name={t('providerCard.factPlan')}>{seedr.plan === '' ? t('providerCard.unknown') : seedr.plan}</Fact>
      <Fact name={t('providerCard.factLastSuccess')}>{seedr.lastOkAt === null ? t('providerCard.noneYet') : <RelativeTime at={seedr.lastOkAt} />}</Fact>
      {seedr.failedSince !== null && (
        <Fact name={t('providerCard.factFailing')}>
          {t('providerCard.since', { failedSince: formatTime(seedr.failedSince, now) })}
          {seedr.problem !== '' && (
            <>
              {' '}
              (<span className="mono">{seedr.problem}</span>)
            </>
          )}
        </Fact>
      )}
      <Fact name={t('providerCard.factBreaker')}>
        {seedr.restUntil === null ? (
          t('providerCard.closed')
        ) : (
          <>
            {t('providerCard.openNextCall', { restText: restText(seedr.restReason), restUntil: formatAt(seedr.restUntil, now) })}
          </>
        )}
      </Fact>
      {seedr.others > 0 && <Fact name={t('providerCard.factOtherTransfers')}>{t('providerCard.transfersThatNo', { count: seedr.others, number: formatCount(seedr.others) })}</Fact>}
      <Fact name={t('providerCard.factCredentials')}>{seedr.credentialsFrom === 'file' ? t('providerCard.fromFilesNamed') : t('providerCard.fromTheWorkers')}</Fact>
    </>
  );
}
