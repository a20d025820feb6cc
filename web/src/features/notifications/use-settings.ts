import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { NotificationSettings } from '@/api/model';
import { toastFailed } from '@/components/toast';

import { notificationKeys, saveSettings, settingsQuery } from './api';
import './messages/catalogue';

/** How the user is told of downloads, and how to change it; a choice holds at once. */
export function useSettings() {
  const { t } = useTranslation('notifications');
  const client = useQueryClient();
  const query = useQuery(settingsQuery());
  const saving = useMutation({
    // Each change is of what was chosen last.
    mutationFn: () => saveSettings(client.getQueryData(settingsQuery().queryKey) ?? { mail: [], appLabels: [], mailLabels: [] }),
    // One after the other, so that the last choice is what stays.
    scope: { id: 'notification-settings' },
    onError: (failure) => {
      toastFailed(t('mail.saveFailed'), failure);
      void client.invalidateQueries({ queryKey: notificationKeys.settings() });
    },
  });
  const change = (to: Partial<NotificationSettings>) => {
    client.setQueryData(settingsQuery().queryKey, (before) => before && { ...before, ...to });
    saving.mutate();
  };
  return { ...query, change };
}
