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
import { text } from '@/lib/messages';

import './messages/catalogue';

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

const blockedLook: StateLook = { label: text('jobs:state.blocked'), icon: IconBan, tone: 'bad' };

/** How a download looks: as its state does, unless its content is blocked here. */
export function lookOf({ state, blocked }: Pick<Job, 'state' | 'blocked'>): StateLook {
  return blocked ? blockedLook : stateLooks[state];
}

/** The tabs of the list: groups of states that mean the same to a user. */
export const tabs = {
  all: { label: text('jobs:state.all'), states: [] },
  active: { label: text('jobs:state.active'), states: ['queued', 'resolving', 'downloading', 'storing'] },
  attention: { label: text('jobs:state.needsYou'), states: ['awaiting_selection', 'needs_attention'] },
  paused: { label: text('jobs:state.paused'), states: ['paused'] },
  ready: { label: text('jobs:state.ready'), states: ['ready'] },
  ended: { label: text('jobs:state.ended'), states: ['failed', 'cancelled', 'expired'] },
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
  pause: text('jobs:state.pause'),
  resume: text('jobs:state.resume'),
  select: text('jobs:state.chooseFiles'),
  retry: text('jobs:state.retry'),
  cancel: text('jobs:state.cancel'),
  delete: text('jobs:state.delete'),
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
