import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';

import type { Me } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { toastFailed } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';

import { deleteAccount } from '../api';

/** Deletes the account once its address is typed. */
export function DeleteAccount({ me, onDeleted }: { me: Me; onDeleted: () => void }) {
  const confirmed = useConfirmed();
  const [asked, setAsked] = useState(false);
  const deleting = useMutation({
    mutationFn: () => confirmed(() => deleteAccount(me.email)),
    onSuccess: onDeleted,
    onError: (failure) => toastFailed("Couldn't delete your account", failure),
  });
  return (
    <>
      <Button variant="default" c="var(--lh-bad)" onClick={() => setAsked(true)}>
        Delete account
      </Button>
      <ConfirmDialog
        opened={asked}
        title="Delete your account?"
        confirmLabel="Delete everything"
        typed={me.email}
        busy={deleting.isPending}
        onConfirm={() => deleting.mutate()}
        onClose={() => setAsked(false)}
      >
        <p>
          Your downloads stop, and all files, links, tokens and sessions of <b>{me.email}</b> are deleted right away. This can't be undone.
        </p>
      </ConfirmDialog>
    </>
  );
}
