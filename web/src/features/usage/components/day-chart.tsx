import { useTranslation } from 'react-i18next';

import type { DayUsage } from '@/api/model';
import { formatBytes } from '@/lib/format';

import '../messages/catalogue';
import classes from './usage.module.css';

const width = 640;
const height = 120;
const gap = 3;

const dayForm = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** Formats a day of the usage series. */
function formatDay(day: string): string {
  return dayForm.format(new Date(`${day}T00:00:00Z`));
}

/** What was delivered each day. A table has the same figures for people who can't see the chart. */
export function DayChart({ days }: { days: readonly DayUsage[] }) {
  const { t } = useTranslation('usage');
  const highest = days.reduce((top, day) => Math.max(top, day.bandwidth), 0);
  const total = days.reduce((sum, day) => sum + day.bandwidth, 0);
  const step = width / Math.max(1, days.length);
  return (
    <figure className={classes.chart} data-empty={total === 0 || undefined}>
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
        {days.map((day, at) => {
          const tall = highest === 0 ? 0 : (day.bandwidth / highest) * (height - 4);
          const shown = Math.max(tall, 1.5);
          return (
            <rect key={day.day} x={at * step} y={height - shown} width={Math.max(1, step - gap)} height={shown} data-empty={day.bandwidth === 0 || undefined}>
              <title>{`${formatDay(day.day)}: ${formatBytes(day.bandwidth)}`}</title>
            </rect>
          );
        })}
      </svg>
      <figcaption className={classes.caption}>
        <span>{formatDay(days[0]?.day ?? '')}</span>
        <span>{formatDay(days.at(-1)?.day ?? '')}</span>
        <span className={classes.total}>
          {total === 0
            ? t('dayChart.nothingDeliveredIn', { days: days.length })
            : t('dayChart.inDaysAt', { total: formatBytes(total), days: days.length, highest: formatBytes(highest) })}
        </span>
      </figcaption>
      <details className={classes.table}>
        <summary>{t('dayChart.showAsTable')}</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('dayChart.day')}</th>
              <th scope="col">{t('dayChart.delivered')}</th>
              <th scope="col">{t('dayChart.stored')}</th>
              <th scope="col">{t('dayChart.finished')}</th>
            </tr>
          </thead>
          <tbody>
            {days.toReversed().map((day) => (
              <tr key={day.day}>
                <th scope="row">{formatDay(day.day)}</th>
                <td>{formatBytes(day.bandwidth)}</td>
                <td>{formatBytes(day.storage)}</td>
                <td>{day.jobs}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}
