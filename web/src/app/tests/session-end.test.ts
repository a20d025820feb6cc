import { QueryClient } from '@tanstack/react-query';
import { beforeEach, describe, expect, test } from 'vitest';

import { announcementKeys } from '@/features/announcement/api';
import { authKeys } from '@/features/auth/api';
import { noteSignIn } from '@/features/auth/signed-in-here';
import { forgetFarewell, readFarewell } from '@/lib/farewell';
import { send } from '@/lib/http';

import { watchSessionEnd } from '../session-end';

async function refused(known: readonly (readonly unknown[])[]) {
  const client = new QueryClient();
  watchSessionEnd(client, { invalidate: () => Promise.resolve() });
  client.setQueryData(authKeys.me, { email: 'ada@example.com' });
  for (const key of known) client.setQueryData(key, {});
  const response = Response.json({}, { status: 401 });
  await expect(send(Promise.resolve({ error: { code: 'unauthorized' }, response }))).rejects.toThrow();
  expect(client.getQueryData(authKeys.me)).toBeNull();
  return readFarewell();
}

describe('the sign-in page says why, when the server refuses a session', () => {
  beforeEach(forgetFarewell);

  test('that was there when the page was loaded: it ended', async () => {
    expect(await refused([])).toBe('ended');
  });

  test('that it has not known since the sign-in: the browser keeps no cookie', async () => {
    noteSignIn();
    expect(await refused([authKeys.config, announcementKeys.shown(true)])).toBe('cookies');
  });

  test('that it has known since the sign-in, however short: it ended', async () => {
    noteSignIn();
    expect(await refused([['jobs', 'list']])).toBe('ended');
  });
});
