import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useCallback, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { ConfirmDialog } from '@/components/confirm-dialog';
import { toastDone, toastFailed } from '@/components/toast';
import { toastTrashed } from '@/components/undo-toast';
import { formatCount } from '@/lib/format';
import { isolated } from '@/lib/isolated';
import { ProblemError } from '@/lib/problem';
import { refreshTrash } from '@/lib/trash/api';
import { useTrash } from '@/lib/trash/context';

import { deletePicked } from '../api';
import { useReload } from '../use-acts';
import { pickedOf, type Entry } from '../view';

interface Deletion {
  /** Deletes files and what is in folders; asks first unless one file goes to the trash. */
  ask: (entries: readonly Entry[]) => void;
  /** Place it on the page. */
  dialog: ReactNode;
}

/** Deleting files of the library. */
export function useDeletion(onDone: () => void): Deletion {
  const { t } = useTranslation('library');
  const client = useQueryClient();
  const reload = useReload();
  const trash = useTrash();
  const [asked, setAsked] = useState<readonly Entry[]>();
  const deleting = useMutation({
    mutationFn: (entries: readonly Entry[]) => deletePicked(pickedOf(entries)),
    onSuccess: ({ files, trashed, until, refused }, entries) => {
      const only = entries.length === 1 ? entries[0] : undefined;
      const what = only?.file ? `“${isolated(only.name)}”` : t('filesShown', { count: files, number: formatCount(files) });
      if (until !== null) toastTrashed(client, { what, ids: trashed, until });
      else if (files > 0) toastDone(t('deleted', { what }));
      const first = refused[0];
      if (first) toastFailed(t(files > 0 ? 'deleteRefused' : 'deleteFailed'), new ProblemError(409, first.code, first.detail));
      onDone();
    },
    onError: (error) => toastFailed(t('deleteFailed'), error),
    onSettled: async () => {
      setAsked(undefined);
      refreshTrash(client);
      await reload();
    },
  });
  const { mutate } = deleting;
  const ask = useCallback(
    (entries: readonly Entry[]) => {
      if (trash && entries.every((entry) => entry.file)) mutate(entries);
      else setAsked(entries);
    },
    [trash, mutate],
  );
  const count = asked?.length ?? 0;
  const files = asked?.reduce((sum, entry) => sum + (entry.folder?.files ?? 1), 0) ?? 0;
  const dialog = (
    <ConfirmDialog
      opened={asked !== undefined}
      title={t('deleteTitle', { count, name: asked?.[0]?.name ?? '' })}
      confirmLabel={t('delete')}
      busy={deleting.isPending}
      onConfirm={() => asked && deleting.mutate(asked)}
      onClose={() => setAsked(undefined)}
    >
      <p>{t(trash ? 'deleteText' : 'deleteTextFinal', { count: files, number: formatCount(files) })}</p>
    </ConfirmDialog>
  );
  return { ask, dialog };
}
