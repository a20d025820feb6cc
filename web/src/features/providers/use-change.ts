import { useMutation, useQueryClient } from '@tanstack/react-query';

import { toastDone } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';
import { hasCode, ProblemError, problemCode } from '@/lib/problem';

import { changeProvider, providerKeys, type Change } from './api';

/** Changes the provider or its options, confirms it with a toast and refreshes the page. */
export function useChange(message: string) {
  const client = useQueryClient();
  const confirmed = useConfirmed();
  return useMutation({
    mutationFn: (change: Change) => confirmed(() => changeProvider(change)),
    onSuccess: () => {
      toastDone(message);
      return client.invalidateQueries({ queryKey: providerKeys.all });
    },
  });
}

/** Reports whether a change failed because verification failed, which an admin can override. */
export function failedCheck(error: Error | null): boolean {
  if (hasCode(error, problemCode.unavailable)) return true;
  return error instanceof ProblemError && error.fieldFault('provider') !== undefined;
}
