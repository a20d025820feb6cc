import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';

import { formatRate } from '@/lib/format';

import { speedQuery } from '../api';
import './messages/catalogue';
import { height, width } from './sparkline-size';
import classes from './sparkline.module.css';

// The page doesn't wait for it: there is nothing to draw at first.
const SparklineCurves = lazy(() => import('./sparkline-curves').then((part) => ({ default: part.SparklineCurves })));

const minPoints = 3;

/** The download rate of the last minutes. */
export function Sparkline({ jobId }: { jobId: string }) {
  const { t } = useTranslation('detail');
  const { data: points = [] } = useQuery(speedQuery(jobId));
  if (points.length < minPoints) return <EmptyChart />;
  const highest = points.reduce((top, point) => Math.max(top, point.rate), 0);
  const minutes = Math.max(1, Math.round(((points.at(-1)?.at ?? 0) - (points[0]?.at ?? 0)) / 60_000));
  return (
    <figure className={classes.figure}>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        className={classes.chart}
        role="img"
        aria-label={t('sparkline.downloadSpeedAt', { highest: formatRate(highest), minutes })}
      >
        <Suspense>
          <SparklineCurves points={points} top={Math.max(1, highest)} />
        </Suspense>
      </svg>
      <figcaption className={classes.caption}>
        <span>{t('sparkline.lastMin', { minutes })}</span>
        <span className="tabular">{t('sparkline.peak', { highest: formatRate(highest) })}</span>
      </figcaption>
    </figure>
  );
}

/** Keeps the chart's place until there is something to draw. */
function EmptyChart() {
  return (
    <div className={classes.figure} aria-hidden="true">
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" className={classes.chart} />
      <div className={classes.caption}>&nbsp;</div>
    </div>
  );
}
