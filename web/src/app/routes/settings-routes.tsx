import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';

import { ErrorNotice } from '@/components/notice';
import { Page } from '@/components/page';
import { AgentsPage } from '@/features/agents/components/agents-page';
import { configQuery } from '@/features/auth/api';
import { ProvidersPage } from '@/features/providers/components/providers-page';
import { SettingsPage } from '@/features/settings/components/settings-page';
import { UsagePage } from '@/features/usage/components/usage-page';

import { useLeave, useMeChanged, useSignOut } from './account';
import { NotFound } from './not-found';

const settings = getRouteApi('/signed-in/settings');
const agents = getRouteApi('/signed-in/agents');
const providers = getRouteApi('/signed-in/providers');

/** The account's settings. */
export function SettingsRoute() {
  const { me } = settings.useRouteContext();
  const { data: config, error, refetch } = useQuery(configQuery());
  const signOut = useSignOut();
  const leave = useLeave('deleted');
  const meChanged = useMeChanged();
  if (config) return <SettingsPage me={me} config={config} onSignOut={signOut} onChanged={meChanged} onDeleted={leave} />;
  return (
    <Page title="Settings" narrow>
      {error ? <ErrorNotice error={error} title="The settings could not be loaded" retry={() => void refetch()} /> : <Skeleton height={320} radius="md" />}
    </Page>
  );
}

/** What the account uses of its plan. */
export function UsageRoute() {
  return <UsagePage />;
}

/** The agents, for administrators; for others there is no such page. */
export function AgentsRoute() {
  const { me } = agents.useRouteContext();
  return me.role === 'admin' ? <AgentsPage /> : <NotFound />;
}

/** Where downloads are fetched, for administrators; for others there is no such page. */
export function ProvidersRoute() {
  const { me } = providers.useRouteContext();
  return me.role === 'admin' ? <ProvidersPage /> : <NotFound />;
}
