import type { Failover, Provider, ProviderInfo } from '@/api/model';
import type { Health } from '@/components/health-label';
import { IconAlertTriangle, IconBan, IconCircleCheck, IconCircleX, IconHourglassHigh, IconWifiOff } from '@/components/icons';

/** Returns a provider's health in a word or two. What stops all work outweighs a lack of room. */
export function healthOf({ provider, healthy, slots, slotsFree, seedr }: ProviderInfo): Health {
  if (seedr) {
    if (!seedr.configured) return { label: 'Not configured', icon: IconBan, tone: 'idle' };
    if (seedr.restUntil !== null) return { label: 'Breaker open', icon: IconAlertTriangle, tone: 'bad' };
    if (seedr.failedSince !== null) return { label: 'Failing', icon: IconCircleX, tone: 'bad' };
    if (seedr.lastOkAt === null) return { label: 'Not called yet', icon: IconHourglassHigh, tone: 'idle' };
  }
  if (!healthy) return { label: provider === 'agent' ? 'No agents' : 'Failing', icon: IconWifiOff, tone: 'bad' };
  if (slots > 0 && slotsFree === 0) return { label: 'Full', icon: IconHourglassHigh, tone: 'warn' };
  return { label: 'Healthy', icon: IconCircleCheck, tone: 'ok' };
}

/** Why no calls are made to Seedr, by the API's code for it. */
const restTexts: Record<string, string> = {
  limited: 'Seedr asked us to slow down',
  auth: 'Seedr rejects the credentials',
  plan: "the account's plan does not include the API",
  transient: 'Seedr failed several times in a row',
  html: 'Seedr sent web pages instead of data',
  malformed: 'Seedr sent unreadable data',
};

/** Returns why no calls are made, as a part of a sentence. */
export function restText(reason: string): string {
  return restTexts[reason] ?? 'Seedr failed too often';
}

const slotSources: Record<string, string> = {
  configuration: 'as configured',
  plan: "from the account's plan",
  refusal: 'as many as Seedr last accepted',
};

/** Returns where the number of slots comes from; empty when unknown. */
export function slotSource(from: string): string {
  return slotSources[from] ?? '';
}

export const failoverTexts: Record<Failover, string> = {
  none: 'No failover',
  agent_to_seedr: 'From agents to Seedr.cc',
  seedr_to_agent: 'From Seedr.cc to agents',
  both: 'Both ways, each provider once',
};

/** Returns the providers to try a new download on, in order. */
export function orderOf(active: Provider, failover: Failover): Provider[] {
  if (active === 'agent') return failover === 'agent_to_seedr' || failover === 'both' ? ['agent', 'seedr'] : ['agent'];
  return failover === 'seedr_to_agent' || failover === 'both' ? ['seedr', 'agent'] : ['seedr'];
}
