import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';

import { agentQuery } from '@/features/agents/api';
import { AgentPage } from '@/features/agents/components/agent-page';
import { stateLooks } from '@/features/jobs/state';
import { hasCode, problemCode } from '@/lib/problem';

import { NotFound } from './not-found';

const one = getRouteApi('/signed-in/admin/agents/$agentId');

/** One agent. */
export function AgentRoute() {
  const { agentId } = one.useParams();
  const navigate = one.useNavigate();
  const { error } = useQuery(agentQuery(agentId));
  if (hasCode(error, problemCode.notFound)) return <NotFound title="Agent not found" text="It may have been removed." />;
  return <AgentPage key={agentId} agentId={agentId} stateName={(state) => stateLooks[state].label} onRemoved={() => void navigate({ to: '/admin/agents', replace: true })} />;
}
