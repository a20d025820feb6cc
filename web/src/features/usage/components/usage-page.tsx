import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import type { Usage } from '@/api/model';
import { ErrorNotice } from '@/components/notice';
import { Page } from '@/components/page';
import { formatBytes, formatCount, formatMinute, formatPlural } from '@/lib/format';

import { usageQuery } from '../api';
import { DayChart } from './day-chart';
import { Ledger } from './ledger';
import { Meter } from './meter';
import { Plans } from './plans';
import classes from './usage.module.css';

/** What the account uses of its plan. */
export function UsagePage() {
  const { data: usage, error, refetch } = useQuery(usageQuery());
  return (
    <Page title="Usage" intro={usage && planText(usage)}>
      {usage && <Figures usage={usage} />}
      {!usage && !error && <Skeleton height={360} radius="lg" />}
      {!usage && error && <ErrorNotice error={error} title="The usage could not be loaded" retry={() => void refetch()} />}
    </Page>
  );
}

function planText({ plan }: Usage): string {
  const parts = [`You have the plan ${plan.name}.`];
  if (plan.maxJobBytes !== null) parts.push(`A download may have up to ${formatBytes(plan.maxJobBytes)}.`);
  if (plan.retentionDays !== null) parts.push(`Files are kept for ${formatPlural(plan.retentionDays, 'day', 'days')}.`);
  return parts.join(' ');
}

function storageNote({ used, reserved, limit }: Usage['storage']): string {
  const held = reserved > 0 ? `${formatBytes(reserved)} more are held for downloads under way.` : '';
  if (limit !== null && used + reserved >= limit) return `It is full: further downloads wait until others are deleted. ${held}`.trim();
  return held === '' && used > 0 ? 'Deleting downloads frees it.' : held || 'Nothing is stored.';
}

function bandwidthNote({ used, limit, resetsAt }: Usage['bandwidth']): string {
  const reset = formatMinute(resetsAt);
  return limit !== null && used >= limit ? `It is used up: files can be downloaded again from ${reset} on.` : `It starts anew on ${reset}.`;
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
            {formatPlural(jobs.total, 'download', 'downloads')} in all.{jobs.limit !== null && ' Those beyond the limit wait for a slot.'}
          </p>
        </section>
      </div>
      <section className={classes.part} aria-labelledby="delivered">
        <h2 id="delivered">Delivered each day</h2>
        <DayChart days={days} />
      </section>
      <Plans own={plan} />
      <section className={classes.part} aria-labelledby="ledger">
        <h2 id="ledger">Changes of the storage</h2>
        <Ledger />
      </section>
    </>
  );
}
