import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import type { Usage } from '@/api/model';
import { ErrorNotice } from '@/components/notice';
import { Page } from '@/components/page';
import { formatBytes, formatCount, formatDate, formatPlural } from '@/lib/format';

import { usageQuery } from '../api';
import { DayChart } from './day-chart';
import { Ledger } from './ledger';
import { Meter } from './meter';
import { Plans } from './plans';
import classes from './usage.module.css';

/** How much of its plan the account uses. */
export function UsagePage() {
  const { data: usage, error, refetch } = useQuery(usageQuery());
  return (
    <Page title="Usage" intro={usage && planText(usage)}>
      {usage && <Figures usage={usage} />}
      {!usage && !error && <Skeleton height={360} radius="lg" />}
      {!usage && error && <ErrorNotice error={error} title="Couldn't load your usage" retry={() => void refetch()} />}
    </Page>
  );
}

function planText({ plan }: Usage): string {
  const parts = [`You're on the ${plan.name} plan.`];
  if (plan.maxJobBytes !== null) parts.push(`A download can have up to ${formatBytes(plan.maxJobBytes)}.`);
  if (plan.retentionDays !== null) parts.push(`Files are kept for ${formatPlural(plan.retentionDays, 'day', 'days')}.`);
  return parts.join(' ');
}

function storageNote({ used, reserved, limit }: Usage['storage']): string {
  const held = reserved > 0 ? `${formatBytes(reserved)} more is reserved for running downloads.` : '';
  if (limit !== null && used + reserved >= limit) return `Storage is full. New downloads wait until you delete others. ${held}`.trim();
  return held === '' && used > 0 ? 'Delete downloads to free space.' : held || 'Nothing stored.';
}

function bandwidthNote({ used, limit, resetsAt }: Usage['bandwidth']): string {
  const reset = `Resets ${formatDate(resetsAt)}.`;
  return limit !== null && used >= limit ? `Used up: files can't be downloaded. ${reset}` : reset;
}

function Figures({ usage: { plan, storage, bandwidth, jobs, days } }: { usage: Usage }) {
  return (
    <>
      <div className={classes.grid}>
        <Meter title="Storage" used={storage.used} reserved={storage.reserved} limit={storage.limit} note={storageNote(storage)} />
        <Meter title="Bandwidth this month" used={bandwidth.used} limit={bandwidth.limit} note={bandwidthNote(bandwidth)} />
        <section className={classes.card} aria-label="Downloads">
          <h2>Downloads</h2>
          <p className={classes.figure}>
            {formatCount(jobs.running)}
            <span>{jobs.limit === null ? 'running' : `of ${formatCount(jobs.limit)} running`}</span>
          </p>
          <p className={classes.note}>
            {formatPlural(jobs.total, 'download', 'downloads')} in total.{jobs.limit !== null && ' Those over the limit wait for a free slot.'}
          </p>
        </section>
      </div>
      <section className={classes.part} aria-labelledby="delivered">
        <h2 id="delivered">Delivered per day</h2>
        <DayChart days={days} />
      </section>
      <Plans own={plan} />
      <section className={classes.part} aria-labelledby="ledger">
        <h2 id="ledger">Storage history</h2>
        <Ledger />
      </section>
    </>
  );
}
