import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { Config } from '@/api/model';
import { ErrorNotice } from '@/components/notice';

import '../messages/catalogue';
import { configQuery } from '../api';
import { AuthFrame } from './auth-frame';

/** Renders its children once the public configuration is loaded. */
export function WithConfig({ title, children }: { title: string; children: (config: Config) => ReactNode }) {
  const { t } = useTranslation('auth');
  const { data: config, error, refetch } = useQuery(configQuery());
  if (config) return children(config);
  return (
    <AuthFrame title={title} intro="">
      {error ? <ErrorNotice error={error} title={t('withConfig.theServerIsnt')} retry={() => void refetch()} /> : <Skeleton height={210} radius="md" />}
    </AuthFrame>
  );
}
