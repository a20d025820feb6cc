import { ActionIcon, Tooltip } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

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

interface DeleteFileButtonProps {
  file: JobFile;
  jobId: string;
  /** Called when the file was the last one, and the download went with it. */
  onWhole: () => void;
}

/** Deletes one file. It asks first only where that is for good. */
export function DeleteFileButton({ file, jobId, onWhole }: DeleteFileButtonProps) {
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
    onError: (error) => toastFailed("Couldn't delete the file", error),
    onSettled: () => {
      setAsking(false);
      refreshTrash(client);
    },
  });
  return (
    <>
      <Tooltip label="Delete">
        <ActionIcon
          variant="subtle"
          color="gray"
          loading={deleting.isPending}
          aria-label={`Delete ${name}`}
          onClick={() => (trash ? deleting.mutate() : setAsking(true))}
        >
          <IconTrash size={17} />
        </ActionIcon>
      </Tooltip>
      <ConfirmDialog
        opened={asking}
        title="Delete file?"
        confirmLabel="Delete"
        busy={deleting.isPending}
        onConfirm={() => deleting.mutate()}
        onClose={() => setAsking(false)}
      >
        <p>This deletes “{isolated(name)}”. This can't be undone.</p>
      </ConfirmDialog>
    </>
  );
}
