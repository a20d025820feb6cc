import type { Component, HealthState } from '@/api/model';
import type { Health } from '@/components/health-label';
import { IconAlertTriangle, IconBan, IconCircleCheck, IconWifiOff } from '@/components/icons';
import { text } from '@/lib/messages';

import './messages/catalogue';

/** What each part of the deployment is called. */
export const componentNames: Record<Component, string> = {
  api: 'API',
  workers: text('overview:text.workers'),
  agents: text('overview:text.agents'),
  temporal: text('overview:text.temporal'),
  database: text('overview:text.postgres'),
  storage: text('overview:text.storage'),
  seedr: 'Seedr',
  mail: text('overview:text.mail'),
  turnstile: text('overview:text.turnstile'),
};

/** How each state of health looks. */
export const healthLooks: Record<HealthState, Health> = {
  ok: { label: text('overview:text.healthy'), icon: IconCircleCheck, tone: 'ok' },
  off: { label: text('overview:text.off'), icon: IconBan, tone: 'idle' },
  degraded: { label: text('overview:text.degraded'), icon: IconAlertTriangle, tone: 'warn' },
  away: { label: text('overview:text.down'), icon: IconWifiOff, tone: 'bad' },
};

/** Turns a code of the API into words. */
export function words(code: string): string {
  return code.charAt(0).toUpperCase() + code.slice(1).replaceAll('_', ' ');
}
