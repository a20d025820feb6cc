import { beforeAll, describe, expect, it, vi } from 'vitest';

import openapi from '../../../../api/openapi.json';
import type { Condition } from './facts';
import type { Because } from './reasons';

const now = Date.parse('2026-03-09T20:40:00Z');
const later = '2026-03-09T21:40:00Z';
const schemas = openapi.components.schemas;
const codes = [...new Set([...schemas.ReasonCode.enum, ...schemas.ProblemCode.enum])];
const states = [undefined, ...schemas.JobState.enum] as never[];
const everything: Because['params'] = {
  online: 0, running: 2, limit: 2, need: 3 * 1024 ** 3, free: 1024 ** 2, total: 5 * 1024 ** 3, size: 4 * 1024 ** 3, bytes: 9 * 1024 ** 3, pieces: 70_000,
  maxPieces: 60_000, taken: 2, slots: 2, agent: 'barge-1', files: 3, chosen: 2, provider: 'seedr', problem: 'no_peers', status: 503, cause: 'slow',
  seconds: 5_400, since: '2026-03-09T20:31:00Z', seen: 12, peers: 3, seeders: 1, plan: 'Free', moves_to: 'agent', pool: 'fast',
};
const nothing = Object.fromEntries(Object.keys(everything).map((name) => [name, typeof everything[name] === 'number' ? 0 : '']));
const nonsense = Object.fromEntries(Object.keys(everything).map((name) => [name, typeof everything[name] === 'number' ? 'many' : -1]));

// The formats take the zone when they are made, so the zone is set before they are loaded.
let whyOf: (reason: Because, now: number) => string;
let nextOf: (reason: Because, condition: Condition, now: number) => string;

beforeAll(async () => {
  vi.stubEnv('TZ', 'Europe/Berlin');
  vi.resetModules();
  ({ whyOf, nextOf } = await import('./reasons'));
  return () => vi.unstubAllEnvs();
});

function expectSentence(text: string, about: string): void {
  expect(text, about).toMatch(/^[A-Z\d].*\.$/);
  expect(text, about).not.toMatch(/undefined|null|NaN|Invalid|object|[{}|<>\n]|\s\s|\.\.| [,;)]| \.(?!torrent)|\bjobs?\b|T\d\d:/);
}

describe('the catalogue', () => {
  it.each(codes)('words %s with all, no, empty and wrong data, in every state', (code) => {
    for (const params of [everything, {}, nothing, nonsense]) {
      expectSentence(whyOf({ code, params }, now), `why ${code}`);
      for (const state of states) {
        for (const condition of [
          { state },
          { state, deadline: null, attempt: 0, maxAttempts: 0 },
          { state, deadline: later },
          { state, attempt: 2, maxAttempts: 5 },
          { state, deadline: later, attempt: 2, maxAttempts: 5 },
          { state, deadline: 'soon', attempt: 2 },
        ]) {
          expectSentence(nextOf({ code, params }, condition, now), `next ${code} ${String(state)}`);
        }
      }
    }
  });

  it('uses what the server says about a code it does not know, in the words of users', () => {
    expect(whyOf({ code: 'on_the_moon', params: { days: 3 }, text: 'On the moon (job).' }, now)).toBe('On the moon (download).');
    expect(whyOf({ code: 'constructor', text: 'Unknown.' }, now)).toBe('Unknown.');
    expect(nextOf({ code: 'on_the_moon' }, { state: 'queued' }, now)).toBe('');
  });
});

describe('why', () => {
  const at = (iso: string) => ({ since: iso });
  it.each<[string, Because]>([
    ['No peers found since 9:31 PM.', { code: 'waits_for_metadata', params: { ...at('2026-03-09T20:31:00Z'), seen: 0, peers: 0 } }],
    ['12 peers found, but none has responded since 9:31 PM.', { code: 'waits_for_metadata', params: { ...at('2026-03-09T20:31:00Z'), seen: 12, peers: 0 } }],
    ['3 of 12 peers found connected, but none has sent the file list yet.', { code: 'waits_for_metadata', params: { seen: 12, peers: 3 } }],
    ['No peers found since Sun 11:31 PM.', { code: 'waits_for_metadata', params: at('2026-03-08T22:31:00Z') }],
    ['1 peer connected, none of them a seed; nothing has arrived since 9:31 PM.', { code: 'waits_for_peers', params: { ...at('2026-03-09T20:31:00Z'), peers: 1, seeders: 0 } }],
    ['2 of your 2 slots in use.', { code: 'waits_for_user_slot', params: { running: 2, limit: 2 } }],
    ['Not enough storage: it needs 3.0 GiB, you have 1.0 MiB left.', { code: 'storage_full', params: { need: 3 * 1024 ** 3, free: 1024 ** 2 } }],
    ['Not enough storage: it needs 3.0 GiB, you have 0 B left.', { code: 'storage_full', params: { need: 3 * 1024 ** 3, free: 0 } }],
    ['No peers for 1 h 30 min.', { code: 'no_peers', params: { seconds: 5400 } }],
    ["The server can't send the file right now (HTTP 1503).", { code: 'source_failing', params: { status: 1503 } }],
    ['No peers were found. It moves to Seedr.cc, which may do better.', { code: 'moved_by_failover', params: { provider: 'seedr', problem: 'no_peers' } }],
    ['It moves to another provider, which may do better.', { code: 'moved_by_failover', params: { provider: 'toString', problem: 'on_the_moon' } }],
    ['Nothing has arrived for 10 min. It needed your attention and got none in time.', { code: 'gave_up', params: { problem: 'stalled', seconds: 600 } }],
    ['Agent north[31m is downloading it.', { code: 'downloading', params: { agent: 'north\u001B[31m\n' } }],
  ])('says %s', (text, reason) => expect(whyOf(reason, now)).toBe(text));
});

describe('a pool of agents that has no room', () => {
  const why = (params: Because['params']) => whyOf({ code: 'waits_for_pool', params }, now);
  it('is named to admins only', () => {
    expect(why({ online: 0 })).toBe('No agent is free for your plan.');
    expect(why({})).toBe('No agent is free for your plan.');
    expect(why({ online: 0, pool: 'fast' })).toBe('No agent of the pool fast is online.');
    expect(why({ pool: 'fast' })).toBe('No agent of the pool fast has a free slot.');
    expect(whyOf({ code: 'no_agent', params: { pool: 'fast' } }, now)).toBe('No agent of the pool fast can take it right now.');
  });
});

describe('what happens next', () => {
  const second = { attempt: 2, maxAttempts: 5 };
  it.each<[string, string, Condition, Because['params']?]>([
    ['Keeps looking for peers; gives up at 10:40 PM (attempt 2 of 5).', 'waits_for_metadata', { state: 'resolving', deadline: later, ...second }],
    ['Keeps looking for peers (attempt 2 of 5).', 'waits_for_metadata', { state: 'resolving', ...second }],
    ['Keeps looking for peers; gives up Tue 10:40 PM.', 'waits_for_metadata', { state: 'resolving', deadline: '2026-03-10T21:40:00Z' }],
    ['Tries again at 10:40 PM (attempt 2 of 5).', 'source_failing', { state: 'queued', deadline: later, ...second }],
    ['Keeps trying (attempt 2 of 5).', 'source_failing', { state: 'downloading', ...second }],
    ['Retry or cancel it; otherwise it fails at 10:40 PM.', 'source_failing', { state: 'needs_attention', deadline: later, ...second }],
    ['Retry it later.', 'source_failing', { state: 'failed', ...second }],
    ['Starts when an agent can take it; needs your attention at 10:40 PM at the latest.', 'no_agent', { state: 'queued', deadline: later }],
    ['Starts when an agent can take it; moves to Seedr.cc at 10:40 PM at the latest.', 'no_agent', { state: 'queued', deadline: later }, { moves_to: 'seedr' }],
    ['Choose what to download by 10:40 PM; after that it fails.', 'choose_files', { state: 'awaiting_selection', deadline: later }],
    ['Nothing happens until you resume or cancel it.', 'stalled', { state: 'paused', ...second }],
    ['Starts again within seconds.', 'retried', { state: 'needs_attention', deadline: later }],
    ['Your plan keeps the files until Apr 8, 11:40 PM; download them before then.', 'ready', { state: 'ready', deadline: '2026-04-08T21:40:00Z' }],
    ['It stays until you delete it.', 'ready', { state: 'ready' }],
  ])('says %s', (text, code, condition, params) => expect(nextOf({ code, params }, condition, now)).toBe(text));
});
