import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { ErrorNotice } from '@/components/notice';
import { Page } from '@/components/page';
import { configQuery } from '@/features/auth/api';
import { SettingsPage } from '@/features/settings/components/settings-page';
import { UsagePage } from '@/features/usage/components/usage-page';

import './messages/catalogue';
import { useLeave, useMeChanged, useSignOut } from './account';
import { DownloadSettings } from './download-settings';

const settings = getRouteApi('/signed-in/settings');

/** The account's settings. */
export function SettingsRoute() {
  const { t } = useTranslation('routes');
  const { me } = settings.useRouteContext();
  const { data: config, error, refetch } = useQuery(configQuery());
  const signOut = useSignOut();
  const leave = useLeave('deleted');
  const meChanged = useMeChanged();
  if (config) return <SettingsPage me={me} config={config} downloads={<DownloadSettings />} onSignOut={signOut} onChanged={meChanged} onDeleted={leave} />;
  return (
    <Page title={t('settingsRoutes.settings')} narrow>
      {error ? <ErrorNotice error={error} title={t('settingsRoutes.couldntLoadThe')} retry={() => void refetch()} /> : <Skeleton height={320} radius="md" />}
    </Page>
  );
}

/** How much of its plan the account uses. */
export function UsageRoute() {
  const { data: config } = useQuery(configQuery());
  return <UsagePage here={config?.limits} />;
}
