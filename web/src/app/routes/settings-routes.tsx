import { getRouteApi } from '@tanstack/react-router';

import { AgentsPage } from '@/features/agents/components/agents-page';
import { SettingsPage } from '@/features/settings/components/settings-page';

import { NotFound } from './not-found';
import { useSignOut } from './signed-in-routes';

const settings = getRouteApi('/signed-in/settings');
const agents = getRouteApi('/signed-in/agents');

/** The account's settings. */
export function SettingsRoute() {
  const { me } = settings.useRouteContext();
  return <SettingsPage me={me} onSignOut={useSignOut()} />;
}

/** The agents, for administrators; for others there is no such page. */
export function AgentsRoute() {
  const { me } = agents.useRouteContext();
  return me.role === 'admin' ? <AgentsPage /> : <NotFound />;
}
