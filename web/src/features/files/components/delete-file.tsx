import { ActionIcon, Tooltip } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { JobFile } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { IconTrash } from '@/components/icons';
import { toastDone, toastFailed } from '@/components/toast';
import { toastTrashed } from '@/components/undo-toast';
import { baseName } from '@/lib/file-kind';
import { isolated } from '@/lib/isolated';
import { text } from '@/lib/messages';
import { deleteFile, refreshTrash } from '@/lib/trash/api';
import { useTrash } from '@/lib/trash/context';

import '../messages/catalogue';

interface DeleteFileButtonProps {
  file: JobFile;
  jobId: string;
  /** Called when the file was the last one, and the download went with it. */
  onWhole: () => void;
}

/** Deletes one file. It asks first only where that is for good. */
export function DeleteFileButton({ file, jobId, onWhole }: DeleteFileButtonProps) {
  const { t } = useTranslation('files');
  const client = useQueryClient();
  const trash = useTrash();
  const [asking, setAsking] = useState(false);
  const name = baseName(file.path);
  const deleting = useMutation({
    mutationFn: () => deleteFile(jobId, file.id),
    onSuccess: ({ until, whole }) => {
      const what = `“${isolated(name)}”`;
      if (until === null) toastDone(text('deletion:final', { what }));
      else toastTrashed(client, { what, ids: [whole ? jobId : file.id], until });
      if (whole) onWhole();
    },
    onError: (error) => toastFailed(t('deleteFile.couldntDeleteThe'), error),
    onSettled: () => {
      setAsking(false);
      refreshTrash(client);
    },
  });
  return (
    <>
      <Tooltip label={t('deleteFile.delete')}>
        <ActionIcon
          variant="subtle"
          color="gray"
          loading={deleting.isPending}
          aria-label={t('deleteFile.delete2', { name })}
          onClick={() => (trash ? deleting.mutate() : setAsking(true))}
        >
          <IconTrash size={17} />
        </ActionIcon>
      </Tooltip>
      <ConfirmDialog
        opened={asking}
        title={t('deleteFile.deleteFile')}
        confirmLabel={t('deleteFile.delete')}
        busy={deleting.isPending}
        onConfirm={() => deleting.mutate()}
        onClose={() => setAsking(false)}
      >
        <p>{t('deleteFile.thisDeletesThis', { name: isolated(name) })}</p>
      </ConfirmDialog>
    </>
  );
}
