import type { JobState, Reason } from '@/api/model';

import { forUsers } from '../problem';
import { Facts, type Condition, type Entry } from './facts';
import { own } from './own';
import { problems } from './problems';
import { keepsTrying, needsYou, triesAgain } from './steps';

/** A code with its data; `text` is what the server says about a code that isn't known here. */
export interface Because {
  code: string;
  params?: Reason['params'];
  text?: string;
}

const running: readonly JobState[] = ['resolving', 'downloading', 'storing'];

function entryOf<Code extends string>(catalogue: Record<Code, Entry>, code: string): Entry | undefined {
  return Object.hasOwn(catalogue, code) ? catalogue[code as Code] : undefined;
}

function lookUp(code: string): Entry | undefined {
  return entryOf(own, code) ?? entryOf(problems, code);
}

function isFault(code: string): boolean {
  return code === 'internal' || code === 'unavailable' || Object.hasOwn(problems, code);
}

/** Says why something is as it is. A reason that names a problem behind it tells that first. */
export function whyOf({ code, params = {}, text = '' }: Because, now: number): string {
  const entry = lookUp(code);
  if (!entry) return forUsers(text);
  const { problem: behind, ...rest } = params;
  const why = entry.why(new Facts(rest, {}, now));
  if (typeof behind !== 'string' || behind === code) return why;
  const first = lookUp(behind)?.why(new Facts(rest, {}, now));
  return first === undefined ? why : `${first} ${why}`;
}

/** Returns the problem that a reason names or is; empty for what is no problem. */
export function problemOf({ code, params = {} }: Because): string {
  const named = typeof params.problem === 'string' ? params.problem : code;
  return Object.hasOwn(problems, named) ? named : '';
}

function stepOf(code: string, entry: Entry, state: JobState | undefined): Entry['next'] {
  if (code === 'retried' && state === 'needs_attention') return () => 'Starts again within seconds.';
  if (state === undefined || !isFault(code)) return entry.next;
  // What a fault leads to depends on where the download stands.
  if (running.includes(state)) return keepsTrying;
  switch (state) {
    case 'queued':
      return entry.wait ?? triesAgain;
    case 'awaiting_selection':
      return own.choose_files.next;
    case 'paused':
      return own.paused.next;
    case 'needs_attention':
      return needsYou;
    default:
      return entry.next;
  }
}

/** Says what happens next; for a fault without a download, what the reader can do. Empty for a code that isn't known here. */
export function nextOf({ code, params = {} }: Because, condition: Condition, now: number): string {
  const entry = lookUp(code);
  return entry ? stepOf(code, entry, condition.state)(new Facts(params, condition, now)) : '';
}
