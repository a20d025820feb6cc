import { Button, Skeleton } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import type { LedgerLine } from '@/api/model';
import { ErrorNotice } from '@/components/notice';
import { RelativeTime } from '@/components/relative-time';
import { formatBytes, formatCount } from '@/lib/format';
import { text } from '@/lib/messages';

import '../messages/catalogue';
import { ledgerQuery } from '../api';
import classes from './usage.module.css';

const kindTexts: Record<LedgerLine['kind'], string> = {
  reserve: text('usage:ledger.reserved'),
  grow: text('usage:ledger.reservedMore'),
  settle: text('usage:ledger.stored'),
  release: text('usage:ledger.released'),
  free: text('usage:ledger.freed'),
  repair: text('usage:ledger.corrected'),
};

function signed(bytes: number): string {
  return bytes < 0 ? `−${formatBytes(-bytes)}` : `+${formatBytes(bytes)}`;
}

/** The changes in the account's storage, newest first. */
export function Ledger() {
  const { t } = useTranslation('usage');
  const { data, error, refetch, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = useInfiniteQuery(ledgerQuery());
  if (!data) {
    return error ? <ErrorNotice error={error} title={t('ledger.couldntLoadYour')} retry={() => void refetch()} /> : <Skeleton height={120} radius="md" />;
  }
  const lines = data.pages.flatMap((page) => page.lines);
  if (lines.length === 0) return <p className={classes.note}>{t('ledger.nothingStoredYet')}</p>;
  return (
    <>
      <ul className={classes.ledger} aria-labelledby="ledger">
        {lines.map((line) => (
          <Line key={line.id} line={line} />
        ))}
      </ul>
      {hasNextPage && (
        <div className={classes.more}>
          <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {isFetchNextPageError ? t('ledger.tryAgain') : t('ledger.showEarlier')}
          </Button>
          <span className={classes.note} role="status">
            {isFetchNextPageError ? t('ledger.couldntLoadEarlier') : t('ledger.showingTheNewest', { count: lines.length, number: formatCount(lines.length) })}
          </span>
        </div>
      )}
    </>
  );
}

function Line({ line }: { line: LedgerLine }) {
  return (
    <li>
      <span className={classes.kind}>{kindTexts[line.kind]}</span>
      <span className={classes.job}>
        <JobName line={line} />
      </span>
      <span className={classes.amount}>{signed(line.usedDelta === 0 ? line.reservedDelta : line.usedDelta)}</span>
      <span className={classes.when}>
        <RelativeTime at={line.at} />
      </span>
    </li>
  );
}

function JobName({ line: { jobId, jobName } }: { line: LedgerLine }) {
  const { t } = useTranslation('usage');
  if (jobId === null) return t('ledger.allDownloads');
  if (jobName === '') return t('ledger.deletedDownload');
  return (
    <Link to="/jobs/$jobId" params={{ jobId }} title={jobName}>
      {jobName}
    </Link>
  );
}
