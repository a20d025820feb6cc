import { Button } from '@mantine/core';
import { useEffect, useEffectEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { IconPlayerPause, IconPlayerPlay } from '@/components/icons';
import type { Row } from '@/components/viewer/shown';

import '../messages/catalogue';
import classes from './media.module.css';

/** How long each photo shows, in milliseconds. */
const every = 5_000;

interface SlideShowProps {
  row: Row;
  running: boolean;
  onRunning: (running: boolean) => void;
  /** Leads to the neighbours by the arrow keys, where the page does not do so. */
  arrows: boolean;
  children: ReactNode;
}

/** Shows the photos of a folder one after the other. The last one ends it. */
export function SlideShow({ row, running, onRunning, arrows, children }: SlideShowProps) {
  const { t } = useTranslation('media');
  const next = row.all[row.at + 1];
  const step = useEffectEvent((by: number) => row.all[row.at + by]?.open());
  const end = useEffectEvent(() => onRunning(false));
  const hasNext = next !== undefined;
  useEffect(() => {
    if (!running) return;
    if (!hasNext) {
      end();
      return;
    }
    const timer = setTimeout(() => step(1), every);
    return () => clearTimeout(timer);
  }, [running, hasNext]);
  useEffect(() => {
    if (!arrows) return;
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || (event.target instanceof HTMLElement && event.target.matches('input, textarea, select'))) return;
      if (document.querySelector('[role="dialog"]')) return;
      if (event.key === 'ArrowLeft') step(-1);
      if (event.key === 'ArrowRight') step(1);
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [arrows]);
  return (
    <>
      {children}
      {row.all.length > 1 && (hasNext || running) && (
        <div className={classes.bar}>
          <Button variant="default" leftSection={running ? <IconPlayerPause size={17} /> : <IconPlayerPlay size={17} />} onClick={() => onRunning(!running)}>
            {running ? t('pauseSlideShow') : t('slideShow')}
          </Button>
        </div>
      )}
    </>
  );
}
