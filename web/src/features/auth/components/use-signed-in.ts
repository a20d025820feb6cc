import { useQueryClient } from '@tanstack/react-query';

import type { Me } from '@/api/model';

import { authKeys } from '../api';

/** Returns what takes over a sign-in that just succeeded, and then goes on. */
export function useSignedIn(onDone: () => void): (me: Me) => void {
  const client = useQueryClient();
  return (me) => {
    // Nothing of an earlier account may show.
    client.clear();
    client.setQueryData(authKeys.me, me);
    onDone();
  };
}
