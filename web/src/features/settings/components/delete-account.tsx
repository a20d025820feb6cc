import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';

import type { Me } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { toastFailed } from '@/components/toast';

import { deleteAccount } from '../api';
import { useConfirmed } from './reauth-context';

/** Deletes the account after its address was typed. */
export function DeleteAccount({ me, onDeleted }: { me: Me; onDeleted: () => void }) {
  const confirmed = useConfirmed();
  const [asked, setAsked] = useState(false);
  const deleting = useMutation({
    mutationFn: () => confirmed(() => deleteAccount(me.email)),
    onSuccess: onDeleted,
    onError: (failure) => toastFailed('The account is not deleted', failure),
  });
  return (
    <>
      <Button variant="default" c="var(--lh-bad)" onClick={() => setAsked(true)}>
        Delete the account
      </Button>
      <ConfirmDialog
        opened={asked}
        title="Delete the account?"
        confirmLabel="Delete everything"
        typed={me.email}
        busy={deleting.isPending}
        onConfirm={() => deleting.mutate()}
        onClose={() => setAsked(false)}
      >
        <p>
          Your downloads stop, and every file, link, token and session of <b>{me.email}</b> goes with the account, at once and for good.
        </p>
      </ConfirmDialog>
    </>
  );
}
