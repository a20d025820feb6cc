import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import { IconInbox } from '@/components/icons';
import { ErrorNotice, Notice } from '@/components/notice';
import { Page } from '@/components/page';

import { bulkActsQuery } from './api';
import { BulkCards } from './bulk-acts';

/** The acts on many downloads of the last three months. */
export function BulkPage() {
  const { data: acts, error, refetch } = useQuery(bulkActsQuery());
  return (
    <Page title="Acts on many downloads" intro="The newest 50. They are kept for 90 days after their end.">
      {acts && acts.length > 0 && <BulkCards acts={acts} />}
      {acts?.length === 0 && (
        <Notice icon={IconInbox} title="None yet">
          “Act on all” above the list of all downloads starts one.
        </Notice>
      )}
      {!acts && (error ? <ErrorNotice error={error} title="Couldn't load the acts" retry={() => void refetch()} /> : <Skeleton height={180} radius="lg" />)}
    </Page>
  );
}
