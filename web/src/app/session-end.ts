import type { QueryClient } from '@tanstack/react-query';

import { announcementKeys } from '@/features/announcement/api';
import { authKeys } from '@/features/auth/api';
import { signedInHere } from '@/features/auth/signed-in-here';
import { keepFarewell } from '@/lib/farewell';
import { onSignedOut } from '@/lib/http';

/** What the server tells everyone, and what it said at sign-in. */
const open: readonly unknown[] = [...authKeys.me, ...authKeys.config, ...announcementKeys.all];

/** Reports whether the server has answered nothing that needs the session, since the sign-in on this page. */
function neverKnown(client: QueryClient): boolean {
  const answers = client.getQueryCache().getAll();
  return signedInHere() && answers.every(({ queryKey, state }) => open.includes(queryKey[0]) || state.data === undefined);
}

/** Opens the sign-in page when the server says that the session has ended. */
export function watchSessionEnd(client: QueryClient, router: { invalidate: () => Promise<void> }): void {
  onSignedOut(() => {
    // Only if someone was signed in: the sign-in page also asks who it is.
    if (!client.getQueryData(authKeys.me)) return;
    // A session that was never known: the browser doesn't send its cookie back.
    keepFarewell(neverKnown(client) ? 'cookies' : 'ended');
    client.setQueryData(authKeys.me, null);
    void router.invalidate();
  });
}
