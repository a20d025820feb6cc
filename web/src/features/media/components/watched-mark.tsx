import { Tooltip } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { IconEyeCheck } from '@/components/icons';

import { jobPlaybackQuery } from '../api';
import '../messages/catalogue';
import classes from './media.module.css';

/** Says in a list of files that one was watched, or how far. All rows of a download share one request. */
export function WatchedMark({ jobId, index }: { jobId: string; index: number }) {
  const { t } = useTranslation('media');
  const { data } = useQuery(jobPlaybackQuery(jobId));
  const playback = data?.find((each) => each.index === index);
  if (!playback) return null;
  if (playback.watched) {
    return (
      <Tooltip label={t('watched')}>
        <span className={classes.watched}>
          <IconEyeCheck size={18} aria-label={t('watched')} />
        </span>
      </Tooltip>
    );
  }
  const percent = playback.duration > 0 ? Math.round((playback.position / playback.duration) * 100) : 0;
  if (percent < 1) return null;
  const label = t('partly', { percent });
  return (
    <Tooltip label={label}>
      <span className={classes.partly} role="img" aria-label={label}>
        <span style={{ width: `${percent}%` }} />
      </span>
    </Tooltip>
  );
}
