import { describe, expect, it, vi } from 'vitest';

import { problemCode, ProblemError } from '@/lib/problem';

import { LivingLink } from './stream-link';
import { visitorAccess } from './visitor-access';

const visit = { visit: 'v', viewOnly: true, thumbnails: 'https://files.test/t/x/' };

describe('a visitor’s film', () => {
  it('has no account, and is saved only where the share allows it', () => {
    const access = visitorAccess(visit, 3, vi.fn());
    expect([access.own, access.saves, access.poster('')]).toEqual([false, false, 'https://files.test/t/x/3']);
    expect(visitorAccess({ ...visit, viewOnly: false }, 3, vi.fn()).saves).toBe(true);
  });

  it.each([
    [404, problemCode.notFound, 'gone'],
    [409, problemCode.conflict, 'gone'],
    [503, problemCode.unavailable, undefined],
    [0, problemCode.network, undefined],
  ])('after %s %s, has ended: %s', async (status, code, end) => {
    const { endOf } = visitorAccess(visit, 3, vi.fn());
    const link = new LivingLink({ url: 'https://files.test/hs/old/index.m3u8', expiresAt: new Date(0).toISOString() }, () => Promise.reject(new ProblemError(status, code, '')), endOf);
    await link.addressOf('https://files.test/hs/old/video/1.m4s');
    expect(link.end).toBe(end);
  });
});
