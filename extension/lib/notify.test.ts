import { beforeEach, describe, expect, it, vi } from 'vitest';
import { fakeBrowser } from 'wxt/testing/fake-browser';

import { keepKinds, notify, openNotified } from './notify';
import { keepConnection, type Connection } from './state';

const connection: Connection = { server: 'https://longhaul.example', token: 'lh_secret', account: 'account-1', email: 'ada@example.org', version: '1.0.0' };

let news: Record<string, unknown>[];

function happens(at: number, event: string, more: Record<string, unknown> = {}): void {
  news = [{ id: `n${at}`, jobId: `j${at}`, event, name: `name ${at}`, createdAt: `2026-11-30T10:00:0${at}Z`, reason: { text: 'The source is gone.' }, ...more }, ...news];
}

async function shown(): Promise<string[]> {
  return Object.keys(await fakeBrowser.notifications.getAll());
}

beforeEach(async () => {
  news = [];
  vi.stubGlobal('fetch', () => Promise.resolve(Response.json({ notifications: news, unread: 0, nextCursor: '' })));
  vi.spyOn(fakeBrowser.permissions, 'contains').mockImplementation(() => Promise.resolve(true));
  await keepConnection(connection);
  await keepKinds(['download.ready', 'download.failed']);
});

describe('notifications', () => {
  it('tell what happens after they were turned on, each once', async () => {
    happens(1, 'download.ready');
    await notify();
    expect(await shown()).toEqual([]);
    happens(2, 'download.ready');
    await notify();
    expect(await shown()).toEqual(['j2']);
    await fakeBrowser.notifications.clear('j2');
    await notify();
    expect(await shown()).toEqual([]);
  });

  it('say what it is and why', async () => {
    const create = vi.spyOn(fakeBrowser.notifications, 'create');
    await notify();
    happens(1, 'download.failed');
    await notify();
    expect(create).toHaveBeenCalledWith('j1', expect.objectContaining({ title: 'Failed: name 1', message: 'The source is gone.' }));
  });

  it('tell only the kinds that the user chose', async () => {
    await notify();
    happens(1, 'download.needs_attention');
    happens(2, 'webhook.disabled', { jobId: null });
    await notify();
    expect(await shown()).toEqual([]);
  });

  it('do not flood the screen', async () => {
    await notify();
    for (let at = 1; at < 10; at += 1) happens(at, 'download.ready');
    await notify();
    expect(await shown()).toHaveLength(5);
  });

  it('start afresh for another account', async () => {
    await notify();
    await keepConnection({ ...connection, account: 'account-2' });
    happens(1, 'download.ready');
    await notify();
    expect(await shown()).toEqual([]);
  });

  it('ask nothing while they are off or not allowed', async () => {
    const fetched = vi.fn();
    vi.stubGlobal('fetch', fetched);
    await keepKinds([]);
    await notify();
    await keepKinds(['download.ready']);
    vi.spyOn(fakeBrowser.permissions, 'contains').mockImplementation(() => Promise.resolve(false));
    await notify();
    expect(fetched).not.toHaveBeenCalled();
  });

  it('open the download when they are clicked', async () => {
    const create = vi.spyOn(fakeBrowser.tabs, 'create');
    await openNotified('j1');
    expect(create).toHaveBeenCalledWith({ url: 'https://longhaul.example/jobs/j1' });
  });
});
