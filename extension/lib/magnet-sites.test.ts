import { beforeEach, describe, expect, it, vi } from 'vitest';
import { fakeBrowser } from 'wxt/testing/fake-browser';

import { everywhere, isOn, readSites, registerScript, siteOf, turnOff, turnOn } from './magnet-sites';
import { keepConnection } from './state';

let allowed: Set<string>;
let registered: { id: string; matches?: string[] }[];

beforeEach(() => {
  allowed = new Set();
  registered = [];
  const { permissions } = fakeBrowser;
  vi.spyOn(permissions, 'contains').mockImplementation((({ origins = [] }: { origins?: string[] }) => Promise.resolve(origins.every((origin) => allowed.has(origin)))));
  vi.spyOn(permissions, 'remove').mockImplementation((({ origins = [] }: { origins?: string[] }) => Promise.resolve(origins.every((origin) => allowed.delete(origin)))));
  answer(true);
  Object.assign(fakeBrowser.scripting, {
    getRegisteredContentScripts: () => Promise.resolve(registered),
    unregisterContentScripts: () => Promise.resolve((registered = [])),
    registerContentScripts: (scripts: typeof registered) => Promise.resolve((registered = scripts)),
  });
});

function answer(yes: boolean): void {
  const { permissions } = fakeBrowser;
  vi.spyOn(permissions, 'request').mockImplementation((({ origins = [] }: { origins?: string[] }) => {
    if (yes) for (const origin of origins) allowed.add(origin);
    return Promise.resolve(yes);
  }));
}

const matches = () => registered.flatMap((script) => script.matches ?? []);

describe('magnet clicks', () => {
  it('are heard on the sites that the user turned on, and on no other', async () => {
    expect(await turnOn('https://a.example')).toBe(true);
    expect(matches()).toEqual(['https://a.example/*']);
    expect([await isOn('https://a.example:8443/x'), await isOn('http://a.example/'), await isOn('https://b.example/'), await isOn('file:///x'), await isOn(undefined)]).toEqual([true, false, false, false, false]);
    await turnOff('https://a.example');
    expect([matches(), [...allowed]]).toEqual([[], []]);
  });

  it('are not heard where the browser’s question was answered with no', async () => {
    answer(false);
    expect(await turnOn('https://a.example')).toBe(false);
    expect([await readSites(), matches()]).toEqual([[], []]);
  });

  it('are no longer heard when the browser takes the access away', async () => {
    await turnOn('https://a.example');
    allowed.clear();
    await registerScript();
    expect([await isOn('https://a.example/'), matches()]).toEqual([false, []]);
  });

  it('are heard everywhere as one choice', async () => {
    await turnOn(everywhere);
    expect(matches()).toEqual(['https://*/*', 'http://*/*']);
    expect([await isOn('http://b.example/'), await isOn('chrome://settings')]).toEqual([true, false]);
  });

  it('leave the server’s access alone', async () => {
    await keepConnection({ server: 'https://a.example:8080', token: 'lh_secret', account: 'account-1', email: 'ada@example.org', version: '1.0.0' });
    await turnOn('https://a.example');
    await turnOff('https://a.example');
    expect([...allowed]).toEqual(['https://a.example/*']);
  });

  it('know a site by its origin without a port', () => {
    expect(siteOf('https://a.example:8443/x?y')).toBe('https://a.example');
    expect([siteOf('about:blank'), siteOf(undefined)]).toEqual([undefined, undefined]);
  });
});
