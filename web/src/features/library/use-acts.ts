import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';

import type { LibraryFile, LibraryFolder } from '@/api/model';
import { toastDone, toastFailed } from '@/components/toast';
import { formatTime } from '@/lib/format';
import { startDownload } from '@/lib/start-download';

import { libraryKeys, makeLink, makeZipLink, removeFolder } from './api';
import { pickedOf, type Entry } from './view';

/** Has every view of the library load again. */
export function useReload(): () => Promise<void> {
  const client = useQueryClient();
  return useCallback(() => client.invalidateQueries({ queryKey: libraryKeys.all, predicate: ({ queryKey }) => queryKey[1] !== 'link' }), [client]);
}

/** Downloads a file. */
export function useDownload() {
  const { t } = useTranslation('library');
  return useMutation({
    mutationFn: (file: LibraryFile) => makeLink(file.id, 'attachment'),
    onSuccess: (link) => startDownload(link.url),
    onError: (error) => toastFailed(t('downloadFailed'), error),
  });
}

/** Copies a link to a file that works without signing in until it expires. */
export function useCopyLink() {
  const { t } = useTranslation('library');
  return useMutation({
    mutationFn: async (file: LibraryFile) => {
      const link = await makeLink(file.id, file.previewable ? 'inline' : 'attachment');
      await navigator.clipboard.writeText(link.url);
      return link;
    },
    onSuccess: (link) => toastDone(t('linkCopied', { time: formatTime(link.expiresAt, Date.now()) })),
    onError: (error) => toastFailed(t('linkFailed'), error),
  });
}

/** Downloads files and folders as one zip. */
export function useZip() {
  const { t } = useTranslation('library');
  return useMutation({
    mutationFn: (entries: readonly Entry[]) => makeZipLink(pickedOf(entries)),
    onSuccess: (link) => startDownload(link.url),
    onError: (error) => toastFailed(t('downloadFailed'), error),
  });
}

/** Removes an empty folder. */
export function useRemoveFolder() {
  const { t } = useTranslation('library');
  const reload = useReload();
  return useMutation({
    mutationFn: (folder: LibraryFolder) => removeFolder(folder.id),
    onSuccess: (_, folder) => {
      toastDone(t('folderRemoved', { name: folder.name }));
      return reload();
    },
    onError: (error) => toastFailed(t('removeFailed'), error),
  });
}
