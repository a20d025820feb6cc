import type { JobNotable, Notable } from '@/api/model';

/** The events of downloads, which users choose among. */
export const jobNotables = ['download.ready', 'download.failed', 'download.needs_attention'] as const satisfies readonly JobNotable[];

/** The events that a user reads of in the app. */
export const toldNotables = [...jobNotables, 'webhook.disabled'] as const satisfies readonly Notable[];

/** The key of each event in the catalogue, whose keys have no dots. */
export const eventKeys = {
  'download.ready': 'ready',
  'download.failed': 'failed',
  'download.needs_attention': 'needsYou',
  'webhook.disabled': 'webhookOff',
  test: 'test',
} as const satisfies Record<Notable, string>;
