import { queryOptions } from '@tanstack/react-query';

import type { Agent, Enrolment } from '@/api/model';
import { http, send } from '@/lib/http';

export const agentKeys = {
  all: ['agents'] as const,
  list: () => [...agentKeys.all, 'list'] as const,
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

/** Creates a one-time token for enrolling a new agent. */
export function enrolAgent(name: string): Promise<Enrolment> {
  return send(http.POST('/api/v1/admin/agents/enrol', { body: { name } }));
}
