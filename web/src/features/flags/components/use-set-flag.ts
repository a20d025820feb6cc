import { useMutation, useQueryClient } from '@tanstack/react-query';

import type { Feature } from '@/api/model';
import { useConfirmed } from '@/lib/confirmed';

import { flagKeys, setFlag, type FlagChange } from '../api';

/** Returns the act that sets or removes a rule, which may ask for the password first. */
export function useSetFlag() {
  const client = useQueryClient();
  const confirmed = useConfirmed();
  return useMutation({
    mutationFn: ({ feature, ...change }: FlagChange & { feature: Feature }) => confirmed(() => setFlag(feature, change)),
    onSuccess: () => void client.invalidateQueries({ queryKey: flagKeys.all }),
  });
}
