import type { Icon } from '@tabler/icons-react';

import type { Job, JobAction, JobState, Progress } from '@/api/model';
import {
  IconAlertTriangle,
  IconBan,
  IconCircleCheck,
  IconCircleX,
  IconCloudDownload,
  IconCloudUp,
  IconHistory,
  IconHourglassHigh,
  IconListCheck,
  IconMagnet,
  IconPlayerPause,
} from '@/components/icons';
import { stateWords } from '@/lib/job-words';

export { nameOf } from '@/lib/job-words';

export type Tone = 'active' | 'ok' | 'warn' | 'bad' | 'idle';

interface StateLook {
  label: string;
  icon: Icon;
  tone: Tone;
}

/** How each state looks: always an icon with words, never colour alone. */
export const stateLooks: Record<JobState, StateLook> = {
  queued: { label: stateWords.queued, icon: IconHourglassHigh, tone: 'idle' },
  resolving: { label: stateWords.resolving, icon: IconMagnet, tone: 'active' },
  awaiting_selection: { label: stateWords.awaiting_selection, icon: IconListCheck, tone: 'warn' },
  downloading: { label: stateWords.downloading, icon: IconCloudDownload, tone: 'active' },
  storing: { label: stateWords.storing, icon: IconCloudUp, tone: 'active' },
  ready: { label: stateWords.ready, icon: IconCircleCheck, tone: 'ok' },
  paused: { label: stateWords.paused, icon: IconPlayerPause, tone: 'idle' },
  needs_attention: { label: stateWords.needs_attention, icon: IconAlertTriangle, tone: 'warn' },
  failed: { label: stateWords.failed, icon: IconCircleX, tone: 'bad' },
  cancelled: { label: stateWords.cancelled, icon: IconBan, tone: 'idle' },
  expired: { label: stateWords.expired, icon: IconHistory, tone: 'idle' },
};

const blockedLook: StateLook = { label: 'Blocked', icon: IconBan, tone: 'bad' };

/** How a download looks: as its state does, unless its content is blocked here. */
export function lookOf({ state, blocked }: Pick<Job, 'state' | 'blocked'>): StateLook {
  return blocked ? blockedLook : stateLooks[state];
}

/** The tabs of the list: groups of states that mean the same to a user. */
export const tabs = {
  all: { label: 'All', states: [] },
  active: { label: 'Active', states: ['queued', 'resolving', 'downloading', 'storing'] },
  attention: { label: 'Needs you', states: ['awaiting_selection', 'needs_attention'] },
  paused: { label: 'Paused', states: ['paused'] },
  ready: { label: 'Ready', states: ['ready'] },
  ended: { label: 'Ended', states: ['failed', 'cancelled', 'expired'] },
} as const satisfies Record<string, { label: string; states: readonly JobState[] }>;

export type Tab = keyof typeof tabs;

export const tabNames = Object.keys(tabs) as [Tab, ...Tab[]];

/** Adds up the counts of a tab's states. */
export function tabCount(tab: Tab, counts: Readonly<Record<string, number>>): number {
  const states: readonly string[] = tabs[tab].states;
  return Object.entries(counts).reduce((sum, [state, n]) => (states.length === 0 || states.includes(state) ? sum + n : sum), 0);
}

/** The label of each action. */
export const actionLabels: Record<JobAction, string> = {
  pause: 'Pause',
  resume: 'Resume',
  select: 'Choose files',
  retry: 'Retry',
  cancel: 'Cancel',
  delete: 'Delete',
};

const runningStates: readonly JobState[] = ['resolving', 'downloading', 'storing'];

/** Reports whether the job holds a slot and makes progress. */
export function isRunning(state: JobState): boolean {
  return runningStates.includes(state);
}

export interface Shares {
  /** Verified share, 0 to 1; null while unknown. */
  done: number | null;
  stored: number;
}

/** Returns how much of a job is verified and stored. */
export function sharesOf(job: Job, progress: Progress | null): Shares {
  if (job.state === 'ready' || job.state === 'expired') return { done: 1, stored: 1 };
  const total = progress && progress.bytesTotal > 0 ? progress.bytesTotal : job.size;
  if (!progress || !total) return { done: isRunning(job.state) ? null : 0, stored: 0 };
  return { done: progress.bytesDone / total, stored: progress.bytesStored / total };
}
