import { Button, Skeleton } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { ConfirmDialog } from '@/components/confirm-dialog';
import { IconTrash } from '@/components/icons';
import { ErrorNotice, Notice } from '@/components/notice';
import { Page } from '@/components/page';
import { toastDone, toastFailed } from '@/components/toast';
import { formatBytes } from '@/lib/format';
import { emptyTrash, refreshTrash, trashQuery } from '@/lib/trash/api';
import { useTrash } from '@/lib/trash/context';

import '../messages/catalogue';
import { TrashList } from './trash-list';

/** What the account deleted and can still restore. */
export function TrashPage() {
  const { t } = useTranslation('trash');
  const trash = useInfiniteQuery(trashQuery());
  const [emptying, setEmptying] = useState(false);
  const items = useMemo(() => trash.data?.pages.flatMap((page) => page.entries) ?? [], [trash.data]);
  const { total = 0, bytes = 0 } = trash.data?.pages[0] ?? {};
  return (
    <Page
      title={t('title')}
      {...(total > 0 && {
        intro: t('intro', { count: total, size: formatBytes(bytes) }),
        actions: (
          <Button variant="default" onClick={() => setEmptying(true)}>
            {t('emptyButton')}
          </Button>
        ),
      })}
    >
      {trash.isPending && <Skeleton height={240} radius="md" />}
      {trash.isError && !trash.data && <ErrorNotice error={trash.error} title={t('loadFailed')} retry={() => void trash.refetch()} />}
      {trash.data && items.length === 0 && <Nothing />}
      {items.length > 0 && (
        <TrashList
          items={items}
          total={total}
          onEnd={() => {
            if (trash.hasNextPage && !trash.isFetching) void trash.fetchNextPage();
          }}
        />
      )}
      {trash.isFetchNextPageError && <ErrorNotice error={trash.error} title={t('moreFailed')} retry={() => void trash.fetchNextPage()} />}
      <EmptyDialog opened={emptying} count={total} bytes={bytes} onClose={() => setEmptying(false)} />
    </Page>
  );
}

function Nothing() {
  const { t } = useTranslation('trash');
  const trash = useTrash();
  return (
    <Notice
      icon={IconTrash}
      title={t('empty')}
      action={
        <Button variant="default" renderRoot={(props) => <Link to="/" {...props} />}>
          {t('emptyAction')}
        </Button>
      }
    >
      {t(trash ? 'emptyHint' : 'emptyOff')}
    </Notice>
  );
}

interface EmptyDialogProps {
  opened: boolean;
  count: number;
  bytes: number;
  onClose: () => void;
}

function EmptyDialog({ opened, count, bytes, onClose }: EmptyDialogProps) {
  const { t } = useTranslation('trash');
  const client = useQueryClient();
  const emptying = useMutation({
    mutationFn: emptyTrash,
    onSuccess: ({ deleted }) => toastDone(t('deletedAll', { count: deleted })),
    onError: (error) => toastFailed(t('emptyFailed'), error),
    onSettled: () => {
      onClose();
      refreshTrash(client);
    },
  });
  return (
    <ConfirmDialog
      opened={opened}
      title={t('confirmAll')}
      confirmLabel={t('emptyButton')}
      typed={t('typed')}
      busy={emptying.isPending}
      onConfirm={() => emptying.mutate()}
      onClose={onClose}
    >
      <p>{t('confirmAllText', { count, size: formatBytes(bytes) })}</p>
    </ConfirmDialog>
  );
}
