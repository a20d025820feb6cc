import { useTranslation } from 'react-i18next';

import type { AgentHour } from '@/api/model';
import { BarChart, FigureTable, type Bar } from '@/components/bar-chart';
import { formatPercent, formatRate } from '@/lib/format';

import '../messages/catalogue';
import classes from './agents.module.css';

// A heartbeat now and then gets lost on the way.
const well = 0.95;

const hourForm = new Intl.DateTimeFormat(undefined, { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
const at = (hour: string) => hourForm.format(new Date(hour));

function barOf({ online }: AgentHour): Bar {
  if (online >= well) return { value: online, tone: 'ok' };
  // An hour of silence is a full bar, so that it is seen.
  return online === 0 ? { value: 1, tone: 'bad' } : { value: online, tone: 'warn' };
}

/** For how much of each hour an agent sent heartbeats. A table has the same figures, and what it did. */
export function HoursChart({ hours }: { hours: readonly AgentHour[] }) {
  const { t } = useTranslation('agents');
  const first = hours[0];
  const last = hours.at(-1);
  if (!first || !last) return <p className={classes.note}>{t('hoursChart.itSentNone')}</p>;
  const online = hours.reduce((sum, hour) => sum + hour.online, 0) / hours.length;
  const silent = hours.filter((hour) => hour.online === 0).length;
  return (
    <>
      <BarChart bars={hours.map(barOf)} top={1} />
      <div className={classes.caption}>
        <span>{at(first.hour)}</span>
        <span>
          {silent > 0 ? t('hoursChart.onlineSilentFor', { online: formatPercent(online), silent, hours: hours.length }) : t('hoursChart.online', { online: formatPercent(online) })}
        </span>
        <span>{at(last.hour)}</span>
      </div>
      <FigureTable
        label={t('hoursChart.heartbeatsByHour')}
        columns={[t('hoursChart.hour'), t('hoursChart.online2'), t('hoursChart.mostTransfers'), t('hoursChart.speed')]}
        rows={hours.toReversed().map((hour) => ({ key: hour.hour, cells: [at(hour.hour), formatPercent(hour.online), hour.mostRunning, formatRate(hour.rate)] }))}
      />
    </>
  );
}
