import { describe, expect, it, vi } from 'vitest';

import { problemCode, ProblemError } from '@/lib/problem';

import { ownAccess } from './access';
import { LivingLink, streamSettings, troubleOf, withLink } from './stream-link';

const linkOf = (secret: string, expiresAt = '2026-12-01T00:00:00Z') => ({ url: `https://files.test/h/${secret}/index.m3u8`, expiresAt });
const part = 'https://files.test/h/old/video/3.m4s';
const now = () => Date.parse('2026-11-30T12:00:00Z');
const { endOf } = ownAccess;

describe('a link to a stream', () => {
  it('gives its secret to every part', () => {
    expect(withLink(part, linkOf('new').url)).toBe('https://files.test/h/new/video/3.m4s');
    expect(withLink('https://files.test/hs/old/video/3.m4s', 'https://files.test/hs/new/index.m3u8')).toBe('https://files.test/hs/new/video/3.m4s');
  });

  it('is kept while it works, and replaced once for all who ask when it ends', async () => {
    const renew = vi.fn(() => Promise.resolve(linkOf('new')));
    const link = new LivingLink(linkOf('old'), renew, endOf, now);
    expect(await link.addressOf(part)).toBe(part);
    link.refuse();
    expect(await Promise.all([link.addressOf(part), link.addressOf(part)])).toEqual([withLink(part, linkOf('new').url), withLink(part, linkOf('new').url)]);
    expect(renew).toHaveBeenCalledOnce();
  });

  it('is replaced before it expires', async () => {
    const link = new LivingLink(linkOf('old', '2026-11-30T12:00:10Z'), () => Promise.resolve(linkOf('new')), endOf, now);
    expect(await link.addressOf(part)).toContain('/h/new/');
  });

  it('stays if the network is gone, and says so if the file is', async () => {
    let error = new ProblemError(0, problemCode.network, 'no network');
    const link = new LivingLink(linkOf('old', '2026-11-30T12:00:00Z'), () => Promise.reject(error), endOf, now);
    expect(await link.addressOf(part)).toBe(part);
    expect(link.end).toBeUndefined();
    error = new ProblemError(404, problemCode.notFound, 'no such file');
    await link.addressOf(part);
    expect(link.end).toBe('gone');
    error = new ProblemError(404, problemCode.fileLost, 'lost');
    await link.addressOf(part);
    expect(link.end).toBe('lost');
  });
});

describe('a stream in trouble', () => {
  it.each([
    [503, 'busy'],
    [429, 'busy'],
    [0, 'offline'],
    [undefined, 'offline'],
    [404, 'refused'],
    [410, 'refused'],
    [502, 'offline'],
    [500, 'failed'],
  ])('status %s is %s', (status, decision) => {
    expect(troubleOf(status)).toBe(decision);
  });

  it('asks again for as long as it takes, but not forever for what fails', () => {
    const onTrouble = vi.fn();
    const settings = streamSettings(new LivingLink(linkOf('old'), () => Promise.resolve(linkOf('new')), endOf), { at: 12, sound: 'ger' }, onTrouble);
    const again = settings.fragLoadPolicy?.default.errorRetry?.shouldRetry;
    const answer = (code: number) => ({ url: part, data: undefined, code });
    expect(again?.(null, 100, false, answer(503), false)).toBe(true);
    expect(again?.(null, 100, false, answer(0), false)).toBe(true);
    expect(onTrouble.mock.calls).toEqual([['busy'], ['offline']]);
    expect(again?.(null, 0, false, answer(500), true)).toBe(true);
    expect(again?.(null, 4, false, answer(500), true)).toBe(false);
    expect([settings.startPosition, settings.audioPreference]).toEqual([12, { lang: 'ger' }]);
  });
});
