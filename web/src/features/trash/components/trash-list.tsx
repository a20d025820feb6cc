import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { TrashedItem } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { toastDone, toastFailed } from '@/components/toast';
import { restoreAndTell } from '@/components/undo-toast';
import { WindowList } from '@/components/window-list';
import { ProblemError } from '@/lib/problem';
import { deleteTrashed, refreshTrash } from '@/lib/trash/api';
import { useSelected } from '@/lib/use-selected';

import '../messages/catalogue';
import { SelectedBar } from './selected-bar';
import { itemName, TrashRow } from './trash-row';

interface TrashListProps {
  items: readonly TrashedItem[];
  total: number;
  onEnd: () => void;
}

/** What is in the trash, to restore or to delete for good: one by one, or many at once. */
export function TrashList({ items, total, onEnd }: TrashListProps) {
  const { t } = useTranslation('trash');
  const client = useQueryClient();
  const selected = useSelected(items);
  const [asked, setAsked] = useState<readonly TrashedItem[]>();
  const nameOf = (of: readonly TrashedItem[]) => (of[0] ? itemName(of[0]) : '');
  const restoring = useMutation({
    mutationFn: (of: readonly TrashedItem[]) => restoreAndTell(client, `“${nameOf(of)}”`, of.map((item) => item.id)),
    onSettled: selected.clear,
  });
  const deleting = useMutation({
    mutationFn: (of: readonly TrashedItem[]) => deleteTrashed(of.map((item) => item.id)),
    onSuccess: (refused, of) => {
      const gone = of.length - refused.length;
      if (gone > 0) toastDone(of.length === 1 ? t('deletedOne', { name: nameOf(of) }) : t('deletedAll', { count: gone }));
      const first = refused[0];
      if (first) toastFailed(t('deleteFailed'), new ProblemError(409, first.code, first.detail));
    },
    onError: (error) => toastFailed(t('deleteFailed'), error),
    onSettled: () => {
      setAsked(undefined);
      selected.clear();
      refreshTrash(client);
    },
  });
  const busy = restoring.isPending ? restoring.variables : [];
  const count = asked?.length ?? 0;
  return (
    <>
      {selected.entries.length > 0 && (
        <SelectedBar selected={selected} busy={restoring.isPending} onRestore={() => restoring.mutate(selected.entries)} onDelete={() => setAsked(selected.entries)} />
      )}
      <WindowList
        label={t('list')}
        count={items.length}
        estimate={66}
        rowKey={(index) => items[index]?.id ?? `${index}`}
        onEnd={onEnd}
        row={(index) => {
          const item = items[index];
          if (!item) return null;
          return (
            <TrashRow
              item={item}
              position={index + 1}
              count={total}
              busy={busy.includes(item)}
              selected={selected.has(item.id)}
              onSelect={selected.toggle}
              onRestore={(each) => restoring.mutate([each])}
              onDelete={(each) => setAsked([each])}
            />
          );
        }}
      />
      <ConfirmDialog
        opened={asked !== undefined}
        title={t('confirmOne')}
        confirmLabel={t('delete')}
        busy={deleting.isPending}
        onConfirm={() => asked && deleting.mutate(asked)}
        onClose={() => setAsked(undefined)}
      >
        <p>{count === 1 && asked ? t('confirmOneText', { name: nameOf(asked) }) : t('confirmSomeText', { count })}</p>
      </ConfirmDialog>
    </>
  );
}
