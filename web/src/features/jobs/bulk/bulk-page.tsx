import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { IconInbox } from '@/components/icons';
import { ErrorNotice, Notice } from '@/components/notice';
import { Page } from '@/components/page';

import './messages/catalogue';
import { bulkActsQuery } from './api';
import { BulkCards } from './bulk-acts';

/** The acts on many downloads of the last three months. */
export function BulkPage() {
  const { t } = useTranslation('bulk');
  const { data: acts, error, refetch } = useQuery(bulkActsQuery());
  return (
    <Page title={t('bulkPage.actsOnMany')} intro={t('bulkPage.theNewest50')}>
      {acts && acts.length > 0 && <BulkCards acts={acts} />}
      {acts?.length === 0 && (
        <Notice icon={IconInbox} title={t('bulkPage.noneYet')}>
          {t('bulkPage.actOnAll')}
        </Notice>
      )}
      {!acts && (error ? <ErrorNotice error={error} title={t('bulkPage.couldntLoadThe')} retry={() => void refetch()} /> : <Skeleton height={180} radius="lg" />)}
    </Page>
  );
}
