import { useQueryClient } from '@tanstack/react-query';

import type { Me } from '@/api/model';

import { authKeys } from '../api';
import { noteSignIn } from '../signed-in-here';

/** Returns a function that stores who has just signed in and then calls onDone. */
export function useSignedIn(onDone: () => void): (me: Me) => void {
  const client = useQueryClient();
  return (me) => {
    // Nothing of a previous account may show.
    client.clear();
    client.setQueryData(authKeys.me, me);
    noteSignIn();
    onDone();
  };
}
