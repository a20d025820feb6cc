import { useQuery } from '@tanstack/react-query';
import { area, curveMonotoneX, line } from 'd3-shape';
import { useTranslation } from 'react-i18next';

import { formatRate } from '@/lib/format';

import { speedQuery, type SpeedPoint } from '../api';
import './messages/catalogue';
import classes from './sparkline.module.css';

const width = 600;
const height = 64;
const minPoints = 3;

function paths(points: readonly SpeedPoint[], top: number): { fill: string; stroke: string } {
  const first = points[0]?.at ?? 0;
  const span = Math.max(1, (points.at(-1)?.at ?? 1) - first);
  const x = (point: SpeedPoint) => ((point.at - first) / span) * width;
  const y = (point: SpeedPoint) => height - 2 - (point.rate / top) * (height - 6);
  return {
    fill: area<SpeedPoint>(x, height, y).curve(curveMonotoneX)(points) ?? '',
    stroke: line<SpeedPoint>(x, y).curve(curveMonotoneX)(points) ?? '',
  };
}

/** The download rate of the last minutes. */
export function Sparkline({ jobId }: { jobId: string }) {
  const { t } = useTranslation('detail');
  const { data: points = [] } = useQuery(speedQuery(jobId));
  if (points.length < minPoints) return <EmptyChart />;
  const highest = points.reduce((top, point) => Math.max(top, point.rate), 0);
  const { fill, stroke } = paths(points, Math.max(1, highest));
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
        <path d={fill} className={classes.fill} />
        <path d={stroke} className={classes.stroke} vectorEffect="non-scaling-stroke" />
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
