import type { Failover, Provider, ProviderInfo } from '@/api/model';
import type { Health } from '@/components/health-label';
import { IconAlertTriangle, IconBan, IconCircleCheck, IconCircleX, IconHourglassHigh, IconWifiOff } from '@/components/icons';
import { text } from '@/lib/messages';

import './messages/catalogue';

/** Returns a provider's health in a word or two. What stops all work outweighs a lack of room. */
export function healthOf({ provider, healthy, slots, slotsFree, seedr }: ProviderInfo): Health {
  if (seedr) {
    if (!seedr.configured) return { label: text('providers:health.notConfigured'), icon: IconBan, tone: 'idle' };
    if (seedr.restUntil !== null) return { label: text('providers:health.breakerOpen'), icon: IconAlertTriangle, tone: 'bad' };
    if (seedr.failedSince !== null) return { label: text('providers:health.failing'), icon: IconCircleX, tone: 'bad' };
    if (seedr.lastOkAt === null) return { label: text('providers:health.notCalledYet'), icon: IconHourglassHigh, tone: 'idle' };
  }
  if (!healthy) return { label: provider === 'agent' ? text('providers:health.noAgents') : text('providers:health.failing'), icon: IconWifiOff, tone: 'bad' };
  if (slots > 0 && slotsFree === 0) return { label: text('providers:health.full'), icon: IconHourglassHigh, tone: 'warn' };
  return { label: text('providers:health.healthy'), icon: IconCircleCheck, tone: 'ok' };
}

/** Why no calls are made to Seedr, by the API's code for it. */
const restTexts: Record<string, string> = {
  limited: text('providers:health.seedrAskedUs'),
  auth: text('providers:health.seedrRejectsThe'),
  plan: text('providers:health.theAccountsPlan'),
  transient: text('providers:health.seedrFailedSeveral'),
  html: text('providers:health.seedrSentWeb'),
  malformed: text('providers:health.seedrSentUnreadable'),
};

/** Returns why no calls are made, as a part of a sentence. */
export function restText(reason: string): string {
  return restTexts[reason] ?? text('providers:health.seedrFailedToo');
}

const slotSources: Record<string, string> = {
  configuration: text('providers:health.asConfigured'),
  plan: text('providers:health.fromTheAccounts'),
  refusal: text('providers:health.asManyAs'),
};

/** Returns where the number of slots comes from; empty when unknown. */
export function slotSource(from: string): string {
  return slotSources[from] ?? '';
}

export const failoverTexts: Record<Failover, string> = {
  none: text('providers:health.noFailover'),
  agent_to_seedr: text('providers:health.fromAgentsTo'),
  seedr_to_agent: text('providers:health.fromSeedrCc'),
  both: text('providers:health.bothWaysEach'),
};

/** Returns the providers to try a new download on, in order. */
export function orderOf(active: Provider, failover: Failover): Provider[] {
  if (active === 'agent') return failover === 'agent_to_seedr' || failover === 'both' ? ['agent', 'seedr'] : ['agent'];
  return failover === 'seedr_to_agent' || failover === 'both' ? ['seedr', 'agent'] : ['seedr'];
}
