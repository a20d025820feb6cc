import type { AnyJobsQuery, JobState, ProblemCode, Provider, ReasonCode } from '@/api/model';
import { dayBounds } from '@/lib/days';
import { text } from '@/lib/messages';

import './messages/catalogue';
import { defaultAnySort, type AnySort } from './sorts';

/** The filters and sort order of the downloads of all accounts, as the address holds them. Empty means all. */
export interface AnyView {
  /** Part of the name. */
  q: string;
  /** States, separated by commas. */
  state: string;
  reason: string;
  problem: string;
  provider: Provider | '';
  /** The id of an agent. */
  agent: string;
  /** The address or id of an account. */
  user: string;
  /** Days in the reader's time zone, both included. */
  from: string;
  to: string;
  /** Bounds in bytes: "least-most", either of which may be missing. */
  size: string;
  /** An info hash or its beginning. */
  hash: string;
  sort: AnySort;
}

export const everything: AnyView = {
  q: '', state: '', reason: '', problem: '', provider: '', agent: '', user: '', from: '', to: '', size: '', hash: '', sort: defaultAnySort,
};

/** Reports whether the view leaves anything out. */
export function isFiltered(view: AnyView): boolean {
  return Object.entries(view).some(([name, value]) => name !== 'sort' && value !== '');
}

const mib = 1024 ** 2;
const gib = 1024 ** 3;

/** The sizes to choose from. */
export const sizes: readonly { value: string; label: string }[] = [
  { value: '', label: text('everybody:view.anySize') },
  { value: `-${100 * mib}`, label: text('everybody:view.upTo100') },
  { value: `${100 * mib}-${gib}`, label: text('everybody:view.n100MibTo') },
  { value: `${gib}-${10 * gib}`, label: text('everybody:view.n1To10') },
  { value: `${10 * gib}-${100 * gib}`, label: text('everybody:view.n10To100') },
  { value: `${100 * gib}-`, label: text('everybody:view.over100Gib') },
];

const open: readonly JobState[] = ['queued', 'resolving', 'awaiting_selection', 'downloading', 'storing', 'paused', 'needs_attention'];

/** Several states that are looked for together. */
export const stateGroups: readonly { value: string; label: string }[] = [
  { value: open.join(','), label: text('everybody:view.open') },
  { value: 'resolving,downloading,storing', label: text('everybody:view.running') },
  { value: 'needs_attention,failed', label: text('everybody:view.stuckOrFailed') },
];

/** Turns a view into the parameters of the API. The list, the export and acts on everything that is found take the same. */
export function queryOf(view: AnyView): AnyJobsQuery {
  const [least = '', most = ''] = view.size.split('-');
  const { from, to } = dayBounds(view.from, view.to);
  const { q, state, reason, problem, provider, agent, user, hash } = view;
  return {
    ...(q !== '' && { q }),
    // The server refuses what it doesn't know, and says so.
    ...(state !== '' && { state: state.split(',') as JobState[] }),
    ...(reason !== '' && { reason: [reason as ReasonCode] }),
    ...(problem !== '' && { problem: [problem as ProblemCode] }),
    ...(provider !== '' && { provider }),
    ...(agent !== '' && { agent }),
    ...(user !== '' && { user }),
    ...(from !== undefined && { createdFrom: from }),
    ...(to !== undefined && { createdTo: to }),
    ...(least !== '' && { sizeMin: Number(least) }),
    ...(most !== '' && { sizeMax: Number(most) }),
    ...(hash !== '' && { infoHash: hash }),
  };
}
