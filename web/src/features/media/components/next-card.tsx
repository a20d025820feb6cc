import { Button } from '@mantine/core';
import { useEffect, useEffectEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Neighbour } from '@/components/viewer/shown';

import '../messages/catalogue';
import classes from './player.module.css';

/** How long one may cancel, in seconds. */
const wait = 10;

/** Counts down to the next film of a season. */
export function NextCard({ next, onCancel }: { next: Neighbour; onCancel: () => void }) {
  const { t } = useTranslation('media');
  const [left, setLeft] = useState(wait);
  const open = useEffectEvent(() => next.open());
  useEffect(() => {
    const timer = setInterval(() => setLeft((seconds) => Math.max(0, seconds - 1)), 1000);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => {
    if (left === 0) open();
  }, [left]);
  return (
    <div className={classes.next}>
      <p className={classes.nextName}>
        <bdi>{t('nextTitle', { name: next.name })}</bdi>
      </p>
      <p role="timer" className="tabular">
        {t('nextIn', { seconds: left })}
      </p>
      <div className={classes.nextActs}>
        <Button onClick={() => next.open()}>{t('playNow')}</Button>
        <Button variant="default" onClick={onCancel}>
          {t('cancel')}
        </Button>
      </div>
    </div>
  );
}
