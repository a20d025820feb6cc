import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { IconEyeCheck } from '@/components/icons';
import { toastFailed } from '@/components/toast';

import { mediaKeys, playbackQuery, savePlayback } from '../api';
import '../messages/catalogue';

/** Marks a file as watched, or takes the mark away. */
export function WatchedButton({ fileId, duration }: { fileId: string; duration: number }) {
  const { t } = useTranslation('media');
  const client = useQueryClient();
  const { data } = useQuery({ ...playbackQuery(fileId), refetchOnMount: false });
  const watched = data?.watched === true;
  const marking = useMutation({
    mutationFn: () => savePlayback(fileId, { position: 0, duration: Math.max(duration, data?.duration ?? 0), watched: !watched }),
    onSuccess: async () => {
      client.setQueryData(playbackQuery(fileId).queryKey, (before) => before && { ...before, position: 0, watched: !watched });
      await client.invalidateQueries({ queryKey: mediaKeys.jobs });
    },
    onError: (error) => toastFailed(t('markFailed'), error),
  });
  if (!data) return null;
  return (
    <Button variant="default" leftSection={<IconEyeCheck size={17} />} aria-pressed={watched} loading={marking.isPending} onClick={() => marking.mutate()}>
      {watched ? t('markUnwatched') : t('markWatched')}
    </Button>
  );
}
