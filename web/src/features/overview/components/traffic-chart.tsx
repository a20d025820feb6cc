import { useTranslation } from 'react-i18next';

import type { TrafficHour } from '@/api/model';
import { BarChart, FigureTable } from '@/components/bar-chart';
import { formatBytes, formatCount } from '@/lib/format';
import { text } from '@/lib/messages';

import '../messages/catalogue';
import classes from './overview.module.css';

const hourMs = 3_600_000;
const shown = 48;

const kinds = [
  { key: 'fetched', label: text('overview:trafficChart.fetchedByAgents') },
  { key: 'stored', label: text('overview:trafficChart.stored') },
  { key: 'delivered', label: text('overview:trafficChart.delivered') },
] as const;

const hourForm = new Intl.DateTimeFormat(undefined, { weekday: 'short', hour: '2-digit', minute: '2-digit' });

/** Fills in the hours in which nothing moved. */
export function everyHour(hours: readonly TrafficHour[], until: number): TrafficHour[] {
  const known = new Map(hours.map((each) => [Date.parse(each.hour), each]));
  const last = Math.floor(until / hourMs) * hourMs;
  return Array.from({ length: shown }, (_, at) => {
    const start = last - (shown - 1 - at) * hourMs;
    return known.get(start) ?? { hour: new Date(start).toISOString(), fetched: 0, stored: 0, delivered: 0, finished: 0 };
  });
}

/** What moved in each of the last hours. A table has the same figures for people who can't see the charts. */
export function TrafficPart({ hours, at }: { hours: readonly TrafficHour[]; at: string }) {
  const { t } = useTranslation('overview');
  const all = everyHour(hours, Date.parse(at));
  return (
    <section className={classes.part} aria-labelledby="traffic">
      <h2 id="traffic">{t('trafficChart.throughputLastHours', { shown })}</h2>
      <div className={classes.columns}>
        {kinds.map(({ key, label }) => (
          <Bars key={key} label={label} values={all.map((hour) => hour[key])} />
        ))}
      </div>
      <FigureTable
        label={t('trafficChart.throughputByHour')}
        columns={[t('trafficChart.hour'), ...kinds.map(({ label }) => label), t('trafficChart.finished')]}
        rows={all.toReversed().map((hour) => ({
          key: hour.hour,
          cells: [hourForm.format(new Date(hour.hour)), ...kinds.map(({ key }) => formatBytes(hour[key])), formatCount(hour.finished)],
        }))}
      />
    </section>
  );
}

function Bars({ label, values }: { label: string; values: readonly number[] }) {
  const { t } = useTranslation('overview');
  const top = Math.max(1, ...values);
  const sum = values.reduce((all, value) => all + value, 0);
  return (
    <figure className={classes.card}>
      <figcaption className={classes.head}>
        <span className={classes.label}>{label}</span>
        <b>{formatBytes(sum)}</b>
      </figcaption>
      <BarChart bars={values.map((value) => ({ value }))} top={top} />
      <span className={classes.since}>{t('trafficChart.mostInAn', { what: formatBytes(top === 1 ? 0 : top) })}</span>
    </figure>
  );
}
