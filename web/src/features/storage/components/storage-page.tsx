import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Trans, useTranslation } from 'react-i18next';

import { ErrorNotice } from '@/components/notice';
import { Page } from '@/components/page';

import '../messages/catalogue';
import { storageInfoQuery } from '../api';
import { CheckPart } from './check-part';
import { CleanupPart } from './cleanup-part';
import { ListsPart } from './lists-part';
import { SumsPart } from './sums-part';
import classes from './storage.module.css';

/** What is stored, who stores it, how it grows, and what belongs to nobody. */
export function StoragePage() {
  const { t } = useTranslation('storage');
  const { data: info, error, refetch } = useQuery(storageInfoQuery());
  return (
    <Page title={t('storagePage.storage')} intro={t('storagePage.whatIsStored')}>
      {info && info.paused !== '' && (
        <p className={classes.warning} role="status">
          <Trans t={t} i18nKey="storagePage.nothingIsRemoved" components={{ a: <Link to="/admin/providers" /> }} />
        </p>
      )}
      {info && <SumsPart info={info} />}
      {!info && (error ? <ErrorNotice error={error} title={t('storagePage.couldntLoadThe')} retry={() => void refetch()} /> : <Skeleton height={220} radius="lg" data-hold />)}
      <CleanupPart />
      <CheckPart />
      <ListsPart />
    </Page>
  );
}
