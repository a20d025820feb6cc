import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { toastFailed } from '@/components/toast';

import { markAllRead, notificationKeys } from '../api';
import '../messages/catalogue';

/** Marks everything up to a time as read. */
export function MarkAll({ newest }: { newest: string }) {
  const { t } = useTranslation('notifications');
  const client = useQueryClient();
  const marking = useMutation({
    mutationFn: () => markAllRead(newest),
    onSuccess: () => client.invalidateQueries({ queryKey: notificationKeys.told() }),
    onError: (failure) => toastFailed(t('markFailed'), failure),
  });
  return (
    <Button size="compact-sm" variant="subtle" loading={marking.isPending} onClick={() => marking.mutate()}>
      {t('markAll')}
    </Button>
  );
}
