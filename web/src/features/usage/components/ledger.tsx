import { Button, Skeleton } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import type { LedgerLine } from '@/api/model';
import { ErrorNotice } from '@/components/notice';
import { RelativeTime } from '@/components/relative-time';
import { formatBytes, formatPlural } from '@/lib/format';

import { ledgerQuery } from '../api';
import classes from './usage.module.css';

const kindTexts: Record<LedgerLine['kind'], string> = {
  reserve: 'Reserved',
  grow: 'Reserved more',
  settle: 'Stored',
  release: 'Released',
  free: 'Freed',
  repair: 'Corrected',
};

function signed(bytes: number): string {
  return bytes < 0 ? `−${formatBytes(-bytes)}` : `+${formatBytes(bytes)}`;
}

/** The changes in the account's storage, newest first. */
export function Ledger() {
  const { data, error, refetch, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = useInfiniteQuery(ledgerQuery());
  if (!data) {
    return error ? <ErrorNotice error={error} title="Couldn't load your storage history" retry={() => void refetch()} /> : <Skeleton height={120} radius="md" />;
  }
  const lines = data.pages.flatMap((page) => page.lines);
  if (lines.length === 0) return <p className={classes.note}>Nothing stored yet.</p>;
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
            {isFetchNextPageError ? 'Try again' : 'Show earlier'}
          </Button>
          <span className={classes.note} role="status">
            {isFetchNextPageError ? "Couldn't load earlier changes." : `Showing the newest ${formatPlural(lines.length, 'change', 'changes')}`}
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
  if (jobId === null) return 'All downloads';
  if (jobName === '') return 'Deleted download';
  return (
    <Link to="/jobs/$jobId" params={{ jobId }} title={jobName}>
      {jobName}
    </Link>
  );
}
