import { area, curveMonotoneX, line } from 'd3-shape';
import { useTranslation } from 'react-i18next';

import type { StorageDay } from '@/api/model';
import { formatBytes, formatCount } from '@/lib/format';

import '../messages/catalogue';
import classes from './storage.module.css';

const width = 640;
const height = 150;

const dayForm = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', timeZone: 'UTC' });

function at(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}

function formatDay(day: string): string {
  return dayForm.format(new Date(at(day)));
}

function paths(days: readonly StorageDay[], top: number): { fill: string; stroke: string } {
  const first = at(days[0]?.day ?? '');
  const span = Math.max(1, at(days.at(-1)?.day ?? '') - first);
  const x = ({ day }: StorageDay) => ((at(day) - first) / span) * width;
  const y = ({ bytes }: StorageDay) => height - 2 - (bytes / top) * (height - 6);
  return {
    fill: area<StorageDay>(x, height, y).curve(curveMonotoneX)(days) ?? '',
    stroke: line<StorageDay>(x, y).curve(curveMonotoneX)(days) ?? '',
  };
}

/** How what is stored grew. A table has the same figures for people who can't see the chart. */
export function GrowthChart({ days }: { days: readonly StorageDay[] }) {
  const { t } = useTranslation('storage');
  const first = days[0];
  const last = days.at(-1);
  if (!first || !last || days.length < 2) return <p className={classes.note}>{t('growthChart.itShowsFrom')}</p>;
  const { fill, stroke } = paths(days, Math.max(1, ...days.map(({ bytes }) => bytes)));
  const grown = last.bytes - first.bytes;
  return (
    <figure className={classes.chart}>
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
        <path d={fill} className={classes.fill} />
        <path d={stroke} className={classes.stroke} />
      </svg>
      <figcaption>
        <div className={classes.caption}>
          <span>
            {formatDay(first.day)}: {formatBytes(first.bytes)}
          </span>
          <span>{grown === 0 ? t('growthChart.noChange') : `${grown > 0 ? '+' : '−'}${formatBytes(Math.abs(grown))}`}</span>
          <span>
            {formatDay(last.day)}: {formatBytes(last.bytes)}
          </span>
        </div>
        <details className={classes.details}>
          <summary>{t('growthChart.showAsTable')}</summary>
          {/* A scrolling region with nothing focusable in it must be focusable. */}
          {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
          <div role="region" aria-label={t('growthChart.storageByDay')} tabIndex={0}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{t('growthChart.day')}</th>
                  <th scope="col">{t('growthChart.files')}</th>
                  <th scope="col">{t('growthChart.stored')}</th>
                  <th scope="col">{t('growthChart.inTheBucket')}</th>
                </tr>
              </thead>
              <tbody>
                {days.toReversed().map((day) => (
                  <tr key={day.day}>
                    <th scope="row">{formatDay(day.day)}</th>
                    <td>{formatCount(day.files)}</td>
                    <td>{formatBytes(day.bytes)}</td>
                    <td>{day.bucketBytes === null ? '–' : formatBytes(day.bucketBytes)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </details>
      </figcaption>
    </figure>
  );
}
