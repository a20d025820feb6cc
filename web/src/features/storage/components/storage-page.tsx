import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { ErrorNotice } from '@/components/notice';
import { Page } from '@/components/page';

import { storageInfoQuery } from '../api';
import { CheckPart } from './check-part';
import { CleanupPart } from './cleanup-part';
import { ListsPart } from './lists-part';
import { SumsPart } from './sums-part';
import classes from './storage.module.css';

/** What is stored, who stores it, how it grows, and what belongs to nobody. */
export function StoragePage() {
  const { data: info, error, refetch } = useQuery(storageInfoQuery());
  return (
    <Page title="Storage" intro="What is stored, who stores it, and what belongs to no download.">
      {info && info.paused !== '' && (
        <p className={classes.warning} role="status">
          Nothing is removed: storage and the database don’t belong together. The <Link to="/admin/providers">Providers page</Link> says why.
        </p>
      )}
      {info && <SumsPart info={info} />}
      {!info && (error ? <ErrorNotice error={error} title="Couldn't load the sums" retry={() => void refetch()} /> : <Skeleton height={220} radius="lg" data-hold />)}
      <CleanupPart />
      <CheckPart />
      <ListsPart />
    </Page>
  );
}
