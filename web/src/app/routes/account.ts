import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';

import { toastFailed } from '@/components/toast';
import { meQuery, signOut } from '@/features/auth/api';
import { forgetTrays } from '@/features/jobs/submit/store';
import { keepFarewell, type Farewell } from '@/lib/farewell';
import { text } from '@/lib/messages';

import '../messages/catalogue';

/** Returns a function that opens the sign-in page after the session has ended. */
export function useLeave(why: Farewell): () => void {
  const client = useQueryClient();
  return () => {
    client.clear();
    forgetTrays();
    keepFarewell(why);
    // A full load leaves nothing of the account in memory.
    globalThis.location.assign('/login');
  };
}

/** Returns a function that signs the user out of this browser. */
export function useSignOut(): () => void {
  const leave = useLeave('left');
  return () => {
    signOut().then(leave, (error: unknown) => toastFailed(text('app:account.couldntSignYou'), error));
  };
}

/** Returns a function that refreshes the account on every page. */
export function useMeChanged(): () => void {
  const client = useQueryClient();
  const router = useRouter();
  return () => {
    client.query({ ...meQuery(), staleTime: 0 }).then(
      () => router.invalidate(),
      () => undefined,
    );
  };
}
