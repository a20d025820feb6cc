import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { agentQuery } from '@/features/agents/api';
import { AgentPage } from '@/features/agents/components/agent-page';
import { stateLooks } from '@/features/jobs/state';
import { hasCode, problemCode } from '@/lib/problem';

import './admin-messages/catalogue';
import { NotFound } from './not-found';

const one = getRouteApi('/signed-in/admin/agents/$agentId');

/** One agent. */
export function AgentRoute() {
  const { t } = useTranslation('adminPages');
  const { agentId } = one.useParams();
  const navigate = one.useNavigate();
  const { error } = useQuery(agentQuery(agentId));
  if (hasCode(error, problemCode.notFound)) return <NotFound title={t('agentRoute.agentNotFound')} text={t('agentRoute.itMayHave')} />;
  return <AgentPage key={agentId} agentId={agentId} stateName={(state) => stateLooks[state].label} onRemoved={() => void navigate({ to: '/admin/agents', replace: true })} />;
}
