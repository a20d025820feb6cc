import { describe, expect, it, vi } from 'vitest';
import { fakeBrowser } from 'wxt/testing/fake-browser';

import type { Job } from './api';
import { count, showBadge } from './badge';
import { apply, linkOf, shareOf, type Downloads } from './downloads';
import { enqueue } from './queue';
import { keepConnection, readConnection, type Connection } from './state';
import { isTooOld } from './version';

const connection: Connection = { server: 'https://longhaul.example', token: 'lh_secret', account: 'account-1', email: 'ada@example.org', version: '1.0.0' };

function job(id: string, state: Job['state'], more: Partial<Job> = {}): Job {
  const at = `2026-11-30T10:00:0${id}Z`;
  return { id, state, name: `name ${id}`, infoHash: '', size: 100, createdAt: at, updatedAt: at, progress: null, ...more } as Job;
}

function progress(jobId: string, bytesDone: number, bytesTotal = 100) {
  return { jobId, bytesDone, bytesTotal } as NonNullable<Job['progress']>;
}

function shown(open: Job[], ready: Job[] = []): Downloads {
  return { open, ready, usage: {} as Downloads['usage'] };
}

const idsOf = (downloads: Downloads | undefined) => [downloads?.open.map(({ id }) => id), downloads?.ready.map(({ id }) => id)];

describe('what the popup shows', () => {
  it('moves a download to those that are ready, first of all', () => {
    const before = shown([job('2', 'downloading')], [job('5', 'ready')]);
    expect(idsOf(apply(before, 'job', job('2', 'ready', { updatedAt: '2026-11-30T11:00:00Z' })))).toEqual([[], ['2', '5']]);
  });

  it('adds new ones, newest first, and drops what is deleted, paused or failed', () => {
    const grown = apply(shown([job('1', 'downloading')]), 'job', job('3', 'queued'));
    expect(idsOf(grown)).toEqual([['3', '1'], []]);
    expect(idsOf(grown && apply(grown, 'removed', { id: '3' }))).toEqual([['1'], []]);
    expect(idsOf(grown && apply(grown, 'job', job('1', 'failed')))).toEqual([['3'], []]);
  });

  it('ignores older news, and reads all again when the server says so', () => {
    const before = shown([job('1', 'storing', { updatedAt: '2026-11-30T12:00:00Z' })]);
    expect(apply(before, 'job', job('1', 'queued'))?.open[0]?.state).toBe('storing');
    expect(apply(before, 'reset', {})).toBeUndefined();
    expect(apply(before, 'announcement', {})).toEqual(before);
  });

  it('follows progress, bounded by what is there', () => {
    const after = apply(shown([job('1', 'downloading'), job('2', 'downloading')]), 'progress', [progress('1', 25), progress('2', 900)]);
    expect(after?.open.map(shareOf)).toEqual([0.25, 1]);
    expect(shareOf(job('1', 'resolving'))).toBeUndefined();
    expect(shareOf(job('1', 'resolving', { size: null, progress: progress('1', 0, -1) }))).toBeUndefined();
  });

  it('stays bounded whatever arrives', () => {
    let all: Downloads | undefined = shown([]);
    for (let at = 0; at < 500; at += 1) all = all && apply(all, 'job', job('1', at % 2 ? 'ready' : 'queued', { id: `job ${at}` }));
    expect([all?.open.length, all?.ready.length]).toEqual([20, 5]);
  });

  it.each([
    [1, '/api/v1/files/f/link'],
    [2, '/api/v1/jobs/1/archive'],
  ])('links %i files at %s', async (total, path) => {
    const asked: string[] = [];
    vi.stubGlobal('fetch', (request: Request) => {
      asked.push(`${request.method} ${new URL(request.url).pathname}`);
      return Promise.resolve(Response.json(request.method === 'GET' ? { files: [{ id: 'f' }], total } : { url: 'https://files.example/x' }));
    });
    expect(await linkOf(connection, '1')).toBe('https://files.example/x');
    expect(asked[1]).toBe(`POST ${path}`);
  });
});

describe('the badge', () => {
  function answering(response: () => Response): string[] {
    const asked: string[] = [];
    vi.stubGlobal('fetch', (request: Request) => {
      asked.push(request.url);
      return Promise.resolve(response());
    });
    return asked;
  }
  const texts = () => vi.spyOn(fakeBrowser.action, 'setBadgeText').mockResolvedValue();
  const delay = async () => Math.round(((await fakeBrowser.alarms.get('count'))?.scheduledTime ?? 0) - Date.now()) / 60_000;

  it('counts what runs, and asks again in a minute', async () => {
    vi.spyOn(fakeBrowser.action, 'setBadgeBackgroundColor').mockResolvedValue();
    const text = texts();
    await keepConnection(connection);
    const asked = answering(() => Response.json({ jobs: [], total: 3 }));
    await count(false);
    await showBadge();
    expect(asked[0]).toContain('state=queued,resolving,downloading,storing');
    expect(text).toHaveBeenLastCalledWith({ text: '3' });
    expect(await delay()).toBeCloseTo(1, 1);
    await enqueue(['https://a.example/x']);
    await showBadge();
    expect(text).toHaveBeenLastCalledWith({ text: '!' });
  });

  it('asks ever more rarely while nothing runs, and soon after the user did something', async () => {
    await keepConnection(connection);
    answering(() => Response.json({ jobs: [], total: 0 }));
    const delays: number[] = [];
    for (const soon of [false, false, false, false, true]) {
      await count(soon);
      delays.push(Math.round(await delay()));
    }
    expect(delays).toEqual([2, 5, 15, 15, 1]);
  });

  it('learns that its access was revoked, and stops', async () => {
    await keepConnection(connection);
    answering(() => new Response('{}', { status: 401 }));
    await count(false);
    expect((await readConnection())?.revoked).toBe(true);
    await count(false);
    expect(await fakeBrowser.alarms.get('count')).toBeFalsy();
  });
});

describe('the server’s version', () => {
  it.each(['0.1.0-dev', '0.1.0', '0.2.0', '1.0.0', 'v10.0.0', 'dev'])('takes %s', (version) => expect(isTooOld(version)).toBe(false));
  it.each(['0.0.9', '0.0.12-dev'])('refuses %s', (version) => expect(isTooOld(version)).toBe(true));
});
