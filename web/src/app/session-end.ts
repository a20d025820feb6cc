import type { QueryClient } from '@tanstack/react-query';

import { authKeys } from '@/features/auth/api';
import { justSignedIn } from '@/features/auth/just-signed-in';
import { keepFarewell } from '@/lib/farewell';
import { onSignedOut } from '@/lib/http';

/** Opens the sign-in page when the server says that the session has ended. */
export function watchSessionEnd(client: QueryClient, router: { invalidate: () => Promise<void> }): void {
  onSignedOut(() => {
    // Only if someone was signed in: the sign-in page also asks who it is.
    if (!client.getQueryData(authKeys.me)) return;
    // The server refuses a session that it has just started: the browser didn't send its cookie back.
    keepFarewell(justSignedIn() ? 'cookies' : 'ended');
    client.setQueryData(authKeys.me, null);
    void router.invalidate();
  });
}
