import type { QueryClient } from '@tanstack/react-query';

import { authKeys } from '@/features/auth/api';
import { keepFarewell } from '@/lib/farewell';
import { onSignedOut } from '@/lib/http';

/** Leads to the sign-in page when the server says that a session has ended. */
export function watchSessionEnd(client: QueryClient, router: { invalidate: () => Promise<void> }): void {
  onSignedOut(() => {
    // Only when somebody was signed in: the sign-in page asks who it is, too.
    if (!client.getQueryData(authKeys.me)) return;
    keepFarewell('ended');
    client.setQueryData(authKeys.me, null);
    void router.invalidate();
  });
}
