import { queryOptions } from '@tanstack/react-query';

import type { Feature, FlagState } from '@/api/model';
import { http, send } from '@/lib/http';

export const flagKeys = { all: ['flags'] as const };

/** The features that can be switched off, and for whom they are. */
export function flagsQuery() {
  return queryOptions({
    queryKey: flagKeys.all,
    queryFn: async ({ signal }): Promise<FlagState[]> => {
      const { flags } = await send(http.GET('/api/v1/admin/flags', { signal }));
      return flags;
    },
  });
}

/** A rule of a feature: for a plan, for an account, or for everyone if neither is named. */
export interface FlagChange {
  /** Null removes the rule. */
  enabled: boolean | null;
  plan?: string;
  user?: string;
  reason?: string;
}

/** Sets or removes a rule. */
export function setFlag(feature: Feature, body: FlagChange): Promise<FlagState> {
  return send(http.PUT('/api/v1/admin/flags/{feature}', { params: { path: { feature } }, body }));
}
