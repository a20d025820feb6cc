import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';

import { auditKeys } from './api';

/** Reads the shown logs again after every act, for the entry that it left. */
export function useFreshLogs(): void {
  const client = useQueryClient();
  useEffect(
    () =>
      client.getMutationCache().subscribe((event) => {
        if (event.type === 'updated' && event.action.type === 'success') void client.invalidateQueries({ queryKey: auditKeys.all });
      }),
    [client],
  );
}
