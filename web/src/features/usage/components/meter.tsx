import { useTranslation } from 'react-i18next';

import { ProgressBar } from '@/components/progress-bar';
import { fillTone } from '@/lib/fill';
import { formatBytes } from '@/lib/format';

import '../messages/catalogue';
import classes from './usage.module.css';

interface MeterProps {
  title: string;
  used: number;
  /** Reserved for running downloads. */
  reserved?: number;
  limit: number | null;
  note: string;
}

/** How much of a limit is used. */
export function Meter({ title, used, reserved = 0, limit, note }: MeterProps) {
  const { t } = useTranslation('usage');
  const share = (bytes: number) => (limit === null || limit === 0 ? 0 : bytes / limit);
  const taken = share(used + reserved);
  return (
    <section className={classes.card} aria-label={title}>
      <h2>{title}</h2>
      <p className={classes.figure}>
        {formatBytes(used)}
        <span>{limit === null ? t('meter.noLimit') : t('meter.of', { limit: formatBytes(limit) })}</span>
      </p>
      {limit !== null && (
        <ProgressBar label={title} done={taken} stored={share(used)} tone={fillTone(taken)} size="thick" />
      )}
      <p className={classes.note}>{note}</p>
    </section>
  );
}
