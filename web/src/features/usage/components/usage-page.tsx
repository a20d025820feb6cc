import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { Usage } from '@/api/model';
import { ErrorNotice } from '@/components/notice';
import { Page } from '@/components/page';
import { formatBytes, formatCount, formatDate, formatLastDay, formatRate } from '@/lib/format';
import { text } from '@/lib/messages';

import '../messages/catalogue';
import { usageQuery } from '../api';
import { DayChart } from './day-chart';
import { Ledger } from './ledger';
import { Meter } from './meter';
import { limitsOf, Plans, type InstallationLimits } from './plans';
import classes from './usage.module.css';

/** How much of its plan the account uses, and of what the installation allows. */
export function UsagePage({ here }: { here: InstallationLimits | undefined }) {
  const { t } = useTranslation('usage');
  const { data: usage, error, refetch } = useQuery(usageQuery());
  return (
    <Page title={t('usagePage.usage')} intro={usage && planText(usage)}>
      {usage && <Figures usage={usage} here={here} />}
      {!usage && !error && <Skeleton height={360} radius="lg" />}
      {!usage && error && <ErrorNotice error={error} title={t('usagePage.couldntLoadYour')} retry={() => void refetch()} />}
    </Page>
  );
}

function planText({ plan }: Usage): string {
  const parts = [text('usage:usagePage.youreOnThe', { name: plan.name })];
  if (plan.maxJobBytes !== null) parts.push(text('usage:usagePage.aDownloadCan', { maxJobBytes: formatBytes(plan.maxJobBytes) }));
  if (plan.rateLimit !== null) parts.push(text('usage:usagePage.eachDownloadGets', { rateLimit: formatRate(plan.rateLimit) }));
  if (plan.retentionDays !== null) parts.push(text('usage:usagePage.filesAreKept', { count: plan.retentionDays, number: formatCount(plan.retentionDays) }));
  return parts.join(' ');
}

/** What differs from the plan itself, and until when. */
function OwnLimits({ usage: { plan, override } }: { usage: Usage }) {
  const { t } = useTranslation('usage');
  if (override === null) return null;
  const own = limitsOf(plan).filter(({ limit }) => override.limits.some((each) => each.limit === limit));
  return (
    <p className={classes.ownlimits} role="note">
      {override.until === null ? t('usagePage.youHaveLimits') : t('usagePage.untilTheEnd', { until: formatLastDay(override.until) })}
      {own.map(({ term, text }) => `${term.toLowerCase()} ${text}`).join(', ')}.
    </p>
  );
}

function storageNote({ used, reserved, limit }: Usage['storage']): string {
  const held = reserved > 0 ? text('usage:usagePage.moreIsReserved', { reserved: formatBytes(reserved) }) : '';
  if (limit !== null && used + reserved >= limit) return text('usage:usagePage.storageIsFull', { held }).trim();
  return held === '' && used > 0 ? text('usage:usagePage.deleteDownloadsTo') : held || text('usage:usagePage.nothingStored');
}

function bandwidthNote({ used, limit, resetsAt }: Usage['bandwidth']): string {
  const reset = text('usage:usagePage.resets', { resetsAt: formatDate(resetsAt) });
  return limit !== null && used >= limit ? text('usage:usagePage.usedUpFiles', { reset }) : reset;
}

function Figures({ usage, here }: { usage: Usage; here: InstallationLimits | undefined }) {
  const { t } = useTranslation('usage');
  const { plan, storage, bandwidth, jobs, days } = usage;
  return (
    <>
      <OwnLimits usage={usage} />
      <div className={classes.grid}>
        <Meter title={t('usagePage.storage')} used={storage.used} reserved={storage.reserved} limit={storage.limit} note={storageNote(storage)} />
        <Meter title={t('usagePage.bandwidthThisMonth')} used={bandwidth.used} limit={bandwidth.limit} note={bandwidthNote(bandwidth)} />
        <section className={classes.card} aria-label={t('usagePage.downloads')}>
          <h2>{t('usagePage.downloads')}</h2>
          <p className={classes.figure}>
            {formatCount(jobs.running)}
            <span>{jobs.limit === null ? t('usagePage.running') : t('usagePage.ofRunning', { limit: formatCount(jobs.limit) })}</span>
          </p>
          <p className={classes.note}>
            {jobs.limit !== null ? t('usagePage.downloadsInTotal', { count: jobs.total, number: formatCount(jobs.total) }) : t('usagePage.downloadsInTotal2', { count: jobs.total, number: formatCount(jobs.total) })}
          </p>
        </section>
      </div>
      <section className={classes.part} aria-labelledby="delivered">
        <h2 id="delivered">{t('usagePage.deliveredPerDay')}</h2>
        <DayChart days={days} />
      </section>
      <Plans own={plan} here={here} />
      <section className={classes.part} aria-labelledby="ledger">
        <h2 id="ledger">{t('usagePage.storageHistory')}</h2>
        <Ledger />
      </section>
    </>
  );
}
