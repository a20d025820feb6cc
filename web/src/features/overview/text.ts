import type { Component, HealthState } from '@/api/model';
import type { Health } from '@/components/health-label';
import { IconAlertTriangle, IconBan, IconCircleCheck, IconWifiOff } from '@/components/icons';

/** What each part of the deployment is called. */
export const componentNames: Record<Component, string> = {
  api: 'API',
  workers: 'Workers',
  agents: 'Agents',
  temporal: 'Temporal',
  database: 'Postgres',
  storage: 'Storage',
  seedr: 'Seedr',
  mail: 'Mail',
  turnstile: 'Turnstile',
};

/** How each state of health looks. */
export const healthLooks: Record<HealthState, Health> = {
  ok: { label: 'Healthy', icon: IconCircleCheck, tone: 'ok' },
  off: { label: 'Off', icon: IconBan, tone: 'idle' },
  degraded: { label: 'Degraded', icon: IconAlertTriangle, tone: 'warn' },
  away: { label: 'Down', icon: IconWifiOff, tone: 'bad' },
};

/** Turns a code of the API into words. */
export function words(code: string): string {
  return code.charAt(0).toUpperCase() + code.slice(1).replaceAll('_', ' ');
}
