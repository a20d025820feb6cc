import { area, curveMonotoneX, line } from 'd3-shape';

import type { SpeedPoint } from '../api';
import { height, width } from './sparkline-size';
import classes from './sparkline.module.css';

interface SparklineCurvesProps {
  points: readonly SpeedPoint[];
  /** The rate at the top of the chart. */
  top: number;
}

/** The curve of a sparkline and what it fills. */
export function SparklineCurves({ points, top }: SparklineCurvesProps) {
  const first = points[0]?.at ?? 0;
  const span = Math.max(1, (points.at(-1)?.at ?? 1) - first);
  const x = (point: SpeedPoint) => ((point.at - first) / span) * width;
  const y = (point: SpeedPoint) => height - 2 - (point.rate / top) * (height - 6);
  return (
    <>
      <path d={area<SpeedPoint>(x, height, y).curve(curveMonotoneX)(points) ?? ''} className={classes.fill} />
      <path d={line<SpeedPoint>(x, y).curve(curveMonotoneX)(points) ?? ''} className={classes.stroke} vectorEffect="non-scaling-stroke" />
    </>
  );
}
