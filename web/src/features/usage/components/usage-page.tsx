import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import type { Usage } from '@/api/model';
import { ErrorNotice } from '@/components/notice';
import { Page } from '@/components/page';
import { formatBytes, formatCount, formatDate, formatLastDay, formatPlural, formatRate } from '@/lib/format';

import { usageQuery } from '../api';
import { DayChart } from './day-chart';
import { Ledger } from './ledger';
import { Meter } from './meter';
import { limitsOf, Plans, type InstallationLimits } from './plans';
import classes from './usage.module.css';

/** How much of its plan the account uses, and of what the installation allows. */
export function UsagePage({ here }: { here: InstallationLimits | undefined }) {
  const { data: usage, error, refetch } = useQuery(usageQuery());
  return (
    <Page title="Usage" intro={usage && planText(usage)}>
      {usage && <Figures usage={usage} here={here} />}
      {!usage && !error && <Skeleton height={360} radius="lg" />}
      {!usage && error && <ErrorNotice error={error} title="Couldn't load your usage" retry={() => void refetch()} />}
    </Page>
  );
}

function planText({ plan }: Usage): string {
  const parts = [`You're on the ${plan.name} plan.`];
  if (plan.maxJobBytes !== null) parts.push(`A download can have up to ${formatBytes(plan.maxJobBytes)}.`);
  if (plan.rateLimit !== null) parts.push(`Each download gets up to ${formatRate(plan.rateLimit)}.`);
  if (plan.retentionDays !== null) parts.push(`Files are kept for ${formatPlural(plan.retentionDays, 'day', 'days')}.`);
  return parts.join(' ');
}

/** What differs from the plan itself, and until when. */
function OwnLimits({ usage: { plan, override } }: { usage: Usage }) {
  if (override === null) return null;
  const own = limitsOf(plan).filter(({ limit }) => override.limits.some((each) => each.limit === limit));
  return (
    <p className={classes.ownlimits} role="note">
      {override.until === null ? 'You have limits of your own: ' : `Until the end of ${formatLastDay(override.until)}, you have limits of your own: `}
      {own.map(({ term, text }) => `${term.toLowerCase()} ${text}`).join(', ')}.
    </p>
  );
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

function Figures({ usage, here }: { usage: Usage; here: InstallationLimits | undefined }) {
  const { plan, storage, bandwidth, jobs, days } = usage;
  return (
    <>
      <OwnLimits usage={usage} />
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
      <Plans own={plan} here={here} />
      <section className={classes.part} aria-labelledby="ledger">
        <h2 id="ledger">Storage history</h2>
        <Ledger />
      </section>
    </>
  );
}
