import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';

import type { Me } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { toastFailed } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';

import '../messages/catalogue';
import { deleteAccount } from '../api';

/** Deletes the account once its address is typed. */
export function DeleteAccount({ me, onDeleted }: { me: Me; onDeleted: () => void }) {
  const { t } = useTranslation('settings');
  const confirmed = useConfirmed();
  const [asked, setAsked] = useState(false);
  const deleting = useMutation({
    mutationFn: () => confirmed(() => deleteAccount(me.email)),
    onSuccess: onDeleted,
    onError: (failure) => toastFailed(t('deleteAccount.couldntDeleteYour'), failure),
  });
  return (
    <>
      <Button variant="default" c="var(--lh-bad)" onClick={() => setAsked(true)}>
        {t('deleteAccount.deleteAccount')}
      </Button>
      <ConfirmDialog
        opened={asked}
        title={t('deleteAccount.deleteYourAccount')}
        confirmLabel={t('deleteAccount.deleteEverything')}
        typed={me.email}
        busy={deleting.isPending}
        onConfirm={() => deleting.mutate()}
        onClose={() => setAsked(false)}
      >
        <p>
          <Trans t={t} i18nKey="deleteAccount.yourDownloadsStop" values={{ email: me.email }} components={{ b: <b /> }} />
        </p>
      </ConfirmDialog>
    </>
  );
}
