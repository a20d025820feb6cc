import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { ErrorNotice } from '@/components/notice';
import { Page } from '@/components/page';
import { configQuery } from '@/features/auth/api';
import { ExtensionPage } from '@/features/extension/components/extension-page';

import './messages/catalogue';

const extension = getRouteApi('/signed-in/extension');

/** About the browser extension, and where this server's operator offers it. */
export function ExtensionRoute() {
  const { t } = useTranslation('routes');
  const { me } = extension.useRouteContext();
  const { data: config, error, refetch } = useQuery(configQuery());
  if (config) return <ExtensionPage stores={{ chrome: config.extensionChromeUrl, firefox: config.extensionFirefoxUrl }} admin={me.role === 'admin'} />;
  return (
    <Page title={t('extensionRoute.title')} narrow>
      {error ? <ErrorNotice error={error} title={t('extensionRoute.couldntLoad')} retry={() => void refetch()} /> : <Skeleton height={320} radius="md" />}
    </Page>
  );
}
