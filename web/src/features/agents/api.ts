import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';

import type { Agent, AgentHour, AgentTransfer, Enrolment } from '@/api/model';
import { http, send } from '@/lib/http';

export const agentKeys = {
  all: ['agents'] as const,
  list: () => [...agentKeys.all, 'list'] as const,
  detail: (id: string) => [...agentKeys.all, 'detail', id] as const,
  transfers: (id: string) => [...agentKeys.all, 'transfers', id] as const,
  hours: (id: string) => [...agentKeys.all, 'hours', id] as const,
};

/** All compute agents. Their figures change with each heartbeat, so the page polls. */
export function agentsQuery() {
  return queryOptions({
    queryKey: agentKeys.list(),
    queryFn: async ({ signal }): Promise<Agent[]> => {
      const answer = await send(http.GET('/api/v1/admin/agents', { signal }));
      return answer.agents;
    },
    refetchInterval: 10_000,
  });
}

/** One agent. */
export function agentQuery(id: string) {
  return queryOptions({
    queryKey: agentKeys.detail(id),
    queryFn: ({ signal }): Promise<Agent> => send(http.GET('/api/v1/admin/agents/{id}', { params: { path: { id } }, signal })),
    refetchInterval: 5_000,
  });
}

/** A page of what runs on an agent. */
export interface TransferPage {
  transfers: readonly AgentTransfer[];
  nextCursor: string;
}

/** What runs on an agent, with progress. */
export function transfersQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: agentKeys.transfers(id),
    queryFn: ({ pageParam, signal }): Promise<TransferPage> =>
      send(http.GET('/api/v1/admin/agents/{id}/transfers', { params: { path: { id }, query: { ...(pageParam !== '' && { cursor: pageParam }), limit: 50 } }, signal })),
    initialPageParam: '',
    getNextPageParam: (last: TransferPage) => (last.nextCursor === '' ? undefined : last.nextCursor),
    refetchInterval: 5_000,
  });
}

/** An agent's heartbeats of the last week, by hour. */
export function hoursQuery(id: string) {
  return queryOptions({
    queryKey: agentKeys.hours(id),
    queryFn: async ({ signal }): Promise<AgentHour[]> => {
      const answer = await send(http.GET('/api/v1/admin/agents/{id}/hours', { params: { path: { id } }, signal }));
      return answer.hours;
    },
    refetchInterval: 300_000,
  });
}

export type AgentAct = 'cordon' | 'uncordon' | 'drain' | 'remove';

/** Changes the wanted state of an agent, or removes it. */
export function changeAgent(id: string, act: AgentAct): Promise<undefined> {
  const params = { params: { path: { id } } };
  switch (act) {
    case 'cordon':
      return send(http.POST('/api/v1/admin/agents/{id}/cordon', params));
    case 'uncordon':
      return send(http.POST('/api/v1/admin/agents/{id}/uncordon', params));
    case 'drain':
      return send(http.POST('/api/v1/admin/agents/{id}/drain', params));
    case 'remove':
      return send(http.DELETE('/api/v1/admin/agents/{id}', params));
  }
}

/** Bounds what an agent's transfers fetch together, in bytes per second; 0 is no limit. */
export function limitAgent(id: string, rateLimit: number): Promise<Agent> {
  return send(http.PUT('/api/v1/admin/agents/{id}/limit', { params: { path: { id } }, body: { rateLimit } }));
}

/** Puts an agent into a pool; empty is none. */
export function setAgentPool(id: string, pool: string): Promise<Agent> {
  return send(http.PUT('/api/v1/admin/agents/{id}/pool', { params: { path: { id } }, body: { pool } }));
}

/** Creates a one-time token for enrolling a new agent. */
export function enrolAgent(name: string, url: string): Promise<Enrolment> {
  return send(http.POST('/api/v1/admin/agents/enrol', { body: { name, ...(url !== '' && { url }) } }));
}
