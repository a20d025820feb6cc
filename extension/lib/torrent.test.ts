import { beforeEach, describe, expect, it, vi } from 'vitest';
import { fakeBrowser } from 'wxt/testing/fake-browser';

import { enqueue, flush } from './queue';
import { keepConnection, readItems } from './state';
import { askForSites } from './torrent';

const file = 'https://tracker.example/get?torrent=1';
const torrent = 'd8:announce20:https://t.example/an4:infod6:lengthi1e4:name1:xee';

/** What the site answers, and what the server was sent. */
function world(site: () => Response | Promise<Response>, server: () => Response = () => Response.json({ id: 'job-1', name: 'x' }, { status: 202 })) {
  const asked: RequestInit[] = [];
  const sent: Request[] = [];
  vi.stubGlobal('fetch', async (given: Request | string, init: RequestInit = {}) => {
    if (typeof given === 'string') {
      asked.push(init);
      return site();
    }
    sent.push(given.clone());
    return server();
  });
  return { asked, sent };
}

function allow(allowed: boolean): void {
  vi.spyOn(fakeBrowser.permissions, 'contains').mockImplementation(() => Promise.resolve(allowed));
}

async function sendHere() {
  await enqueue([file], { here: true, labels: ['label-1'], chooseFiles: true });
  await flush();
  const [item] = await readItems();
  return item;
}

beforeEach(async () => {
  allow(true);
  await keepConnection({ server: 'https://longhaul.example', token: 'lh_secret', account: 'account-1', email: 'ada@example.org', version: '1.0.0' });
});

describe('a torrent file that is fetched here', () => {
  it('is fetched with the site’s cookies and sent as a file, with what the user chose and without cookies', async () => {
    const { asked, sent } = world(() => new Response(torrent));
    expect(await sendHere()).toMatchObject({ state: 'sent', jobId: 'job-1' });
    expect(asked[0]?.credentials).toBe('include');
    expect(sent[0]?.credentials).toBe('omit');
    const form = await sent[0]?.formData();
    expect(await (form?.get('torrent') as File).text()).toBe(torrent);
    expect([form?.get('labels'), form?.get('chooseFiles'), form?.get('provider')]).toEqual(['label-1', 'true', null]);
  });

  it.each([
    ['a sign-in page', () => new Response('<html>', { headers: { 'Content-Type': 'text/html; charset=utf-8' } }), 'tracker.example sent a page, not a torrent file'],
    ['something else', () => new Response('PK'), 'tracker.example sent something that is not a torrent file'],
    ['a refusal', () => new Response(torrent, { status: 403 }), 'The torrent file could not be fetched'],
    ['too much', () => new Response('d1:a' + 'x'.repeat(11_000_000)), 'The torrent file is too large'],
    ['nothing', () => Promise.reject(new TypeError('failed')), 'The torrent file could not be fetched'],
  ])('is not sent when the site answers with %s, and the user is told', async (_, site, title) => {
    vi.stubGlobal('navigator', { locks: navigator.locks, onLine: true });
    const { sent } = world(site);
    expect(await sendHere()).toMatchObject({ state: 'refused', answer: { title } });
    expect(sent).toHaveLength(0);
  });

  it('is not fetched from a site that the user did not allow', async () => {
    allow(false);
    const { asked, sent } = world(() => new Response(torrent));
    expect(await sendHere()).toMatchObject({ state: 'refused', answer: { title: 'No access to tracker.example' } });
    expect([asked, sent]).toEqual([[], []]);
  });

  it('waits while there is no network', async () => {
    vi.stubGlobal('navigator', { locks: navigator.locks, onLine: false });
    world(() => Promise.reject(new TypeError('failed')));
    expect((await sendHere())?.state).toBe('waiting');
  });

  it('counts as sent when the server has another copy under the same key', async () => {
    world(
      () => new Response(torrent),
      () => Response.json({ code: 'key_reused', title: 'Key reused', detail: '', status: 409, type: 'x' }, { status: 409 }),
    );
    expect((await sendHere())?.state).toBe('sent');
  });

  it('asks for each site once, and survives a refusal', async () => {
    const request = vi.spyOn(fakeBrowser.permissions, 'request').mockImplementation(() => Promise.reject(new Error('no gesture')));
    await askForSites([file, 'https://tracker.example:8443/b.torrent', 'http://other.example/c.torrent']);
    expect(request).toHaveBeenCalledWith({ origins: ['https://tracker.example/*', 'http://other.example/*'] });
  });
});
