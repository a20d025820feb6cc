import { Button } from '@mantine/core';
import { formatTime, useMediaRemote } from '@vidstack/react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

import '../messages/catalogue';
import classes from './player.module.css';

/** How long the way back to the start shows, in milliseconds. */
const shownFor = 12_000;

/** Says where the film went on, with the way back to its start. */
export function Resumed({ at }: { at: number }) {
  const { t } = useTranslation('media');
  const remote = useMediaRemote();
  const [shows, setShows] = useState(true);
  useEffect(() => {
    const timer = setTimeout(() => setShows(false), shownFor);
    return () => clearTimeout(timer);
  }, []);
  if (!shows) return null;
  return (
    <div className={classes.says}>
      <span>{t('resumedAt', { time: formatTime(at) })}</span>
      <Button
        size="compact-sm"
        variant="outline"
        color="gray"
        onClick={() => {
          remote.seek(0);
          remote.play();
          setShows(false);
        }}
      >
        {t('startOver')}
      </Button>
    </div>
  );
}
