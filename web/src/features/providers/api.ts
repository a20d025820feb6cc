import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';

import type { DeploymentHealth, Failover, Provider, ProviderCheck, ProviderHistoryEntry, ProviderList, StorageInfo } from '@/api/model';
import { http, send } from '@/lib/http';

export const providerKeys = {
  all: ['providers'] as const,
  list: () => [...providerKeys.all, 'list'] as const,
  history: () => [...providerKeys.all, 'history'] as const,
  storage: () => [...providerKeys.all, 'storage'] as const,
  deployment: () => [...providerKeys.all, 'deployment'] as const,
};

/** All providers. Their health changes at any time, so the page polls. */
export function providersQuery() {
  return queryOptions({
    queryKey: providerKeys.list(),
    queryFn: ({ signal }): Promise<ProviderList> => send(http.GET('/api/v1/admin/providers', { signal })),
    refetchInterval: 10_000,
  });
}

/** The parts of the deployment, and what doesn't work without a missing one. */
export function deploymentQuery() {
  return queryOptions({
    queryKey: providerKeys.deployment(),
    queryFn: ({ signal }): Promise<DeploymentHealth> => send(http.GET('/api/v1/admin/health', { signal })),
    refetchInterval: 10_000,
  });
}

/** How storage and the database compare. */
export function storageQuery() {
  return queryOptions({
    queryKey: providerKeys.storage(),
    queryFn: ({ signal }): Promise<StorageInfo> => send(http.GET('/api/v1/admin/storage', { signal })),
    refetchInterval: 10_000,
  });
}

/** Accepts storage as it is. Resolves to whether that starts now. */
export async function acceptStorage(): Promise<boolean> {
  const answer = await send(http.POST('/api/v1/admin/storage/accept', { body: { confirm: 'accept' } }));
  return answer.started;
}

const historyPage = 20;

/** Provider changes, newest first. */
export function historyQuery() {
  return infiniteQueryOptions({
    queryKey: providerKeys.history(),
    queryFn: async ({ pageParam, signal }): Promise<ProviderHistoryEntry[]> => {
      const query = { limit: historyPage, before: pageParam };
      const answer = await send(http.GET('/api/v1/admin/providers/history', { params: { query }, signal }));
      return answer.entries;
    },
    initialPageParam: 0,
    getNextPageParam: (last) => (last.length < historyPage ? undefined : last.at(-1)?.id),
  });
}

/** Checks a provider with a real call. A refusal by the provider is an answer too. */
export function verifyProvider(provider: Provider): Promise<ProviderCheck> {
  return send(http.POST('/api/v1/admin/providers/verify', { body: { provider } }));
}

export interface Change {
  provider: Provider;
  options?: { failover: Failover; userChoice: boolean };
  /** Change even if verification fails. */
  force: boolean;
}

/** Sends new downloads to a provider, or changes the options of the active one. */
export async function changeProvider({ provider, options, force }: Change): Promise<ProviderHistoryEntry> {
  const body = { provider, confirm: provider, force, ...(options && { options }) };
  const answer = await send(http.POST('/api/v1/admin/providers/switch', { body }));
  return answer.entry;
}
