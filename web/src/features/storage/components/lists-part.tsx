import { Button, SegmentedControl, Skeleton } from '@mantine/core';
import { useInfiniteQuery, type InfiniteData, type UseInfiniteQueryResult } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';

import type { LostFile } from '@/api/model';
import { ErrorNotice } from '@/components/notice';
import { formatBytes, formatDate, formatPlural, formatTime } from '@/lib/format';
import { useNow } from '@/lib/use-now';

import { damagedFilesQuery, expiriesQuery, largeJobsQuery, lostFilesQuery, orphansQuery, storageUsersQuery, type ListPage } from '../api';
import classes from './storage.module.css';

const lists = {
  users: { label: 'Accounts', list: Users },
  jobs: { label: 'Largest', list: Jobs },
  expiries: { label: 'Expiring', list: Expiries },
  orphans: { label: 'Orphans', list: Orphans },
  lost: { label: 'Lost files', list: Lost },
  damaged: { label: 'Damaged files', list: Damaged },
};

type Name = keyof typeof lists;

/** Who stores what, what expires, and what is wrong. */
export function ListsPart() {
  const [name, setName] = useState<Name>('users');
  const { label, list: List } = lists[name];
  const data = Object.entries(lists).map(([value, { label: text }]) => ({ value: value as Name, label: text }));
  return (
    <section className={classes.part} aria-labelledby="lists">
      <h2 id="lists">What is stored</h2>
      {/* On a narrow screen the control scrolls. */}
      <div className={classes.tabs}>
        <SegmentedControl aria-label="List" data={data} value={name} onChange={setName} />
      </div>
      <List label={label} />
    </section>
  );
}

interface RowsProps<T> {
  label: string;
  list: UseInfiniteQueryResult<InfiniteData<ListPage<T>>>;
  none: string;
  intro?: string;
  row: (row: T) => ReactNode;
}

function Rows<T>({ label, list, none, intro, row }: RowsProps<T>) {
  const rows = list.data?.pages.flatMap((page) => page.rows) ?? [];
  if (list.isPending) return <Skeleton height={180} radius="lg" />;
  if (!list.data) return <ErrorNotice error={list.error} title="Couldn't load the list" retry={() => void list.refetch()} />;
  if (rows.length === 0) return <p className={classes.note}>{none}</p>;
  return (
    <>
      {intro !== undefined && <p className={classes.note}>{intro}</p>}
      <ul className={classes.rows} aria-label={label}>
        {rows.map(row)}
      </ul>
      {list.hasNextPage && (
        <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          Show more
        </Button>
      )}
    </>
  );
}

function Users({ label }: { label: string }) {
  const list = useInfiniteQuery(storageUsersQuery());
  return (
    <Rows
      label={label}
      list={list}
      none="No account stores anything."
      row={(user) => (
        <li key={user.id}>
          <Link to="/admin/users/$userId" params={{ userId: user.id }} className={classes.what}>
            {user.email}
          </Link>
          <b>{formatBytes(user.bytes)}</b>
          <p className={classes.detail}>
            {formatPlural(user.files, 'file', 'files')},{' '}
            <Link to="/admin/jobs" search={{ user: user.email, sort: '-size' }}>
              largest downloads
            </Link>
          </p>
        </li>
      )}
    />
  );
}

function Jobs({ label }: { label: string }) {
  const list = useInfiniteQuery(largeJobsQuery());
  return (
    <Rows
      label={label}
      list={list}
      none="No download stores anything."
      row={(job) => (
        <li key={job.id}>
          <Link to="/admin/jobs/$jobId" params={{ jobId: job.id }} className={classes.what}>
            {job.name || `Download ${job.id}`}
          </Link>
          <b>{formatBytes(job.bytes)}</b>
          <p className={classes.detail}>
            {job.owner} · {formatPlural(job.files, 'file', 'files')}
            {job.expiresAt !== null && ` · expires ${formatDate(job.expiresAt)}`}
          </p>
        </li>
      )}
    />
  );
}

function Expiries({ label }: { label: string }) {
  const list = useInfiniteQuery(expiriesQuery());
  return (
    <Rows
      label={label}
      list={list}
      none="Nothing expires within 30 days."
      intro="What the retention of plans removes, as it was last summed up."
      row={(user) => (
        <li key={user.id}>
          <span className={classes.what}>{user.email}</span>
          <b>{formatBytes(user.month.bytes)} in 30 days</b>
          <p className={classes.detail}>
            {formatPlural(user.month.count, 'download', 'downloads')} in 30 days;{' '}
            {user.week.count === 0 ? 'none' : `${formatPlural(user.week.count, 'download', 'downloads')}, ${formatBytes(user.week.bytes)},`} in 7 days
          </p>
        </li>
      )}
    />
  );
}

function Orphans({ label }: { label: string }) {
  const now = useNow();
  const list = useInfiniteQuery(orphansQuery());
  return (
    <Rows
      label={label}
      list={list}
      none="The last sweep found none."
      intro="Objects and open uploads that belong to no download, as the last sweep found them. Each is kept for a week."
      row={(orphan) => (
        <li key={`${orphan.key} ${orphan.uploadId}`}>
          <span className={classes.key}>{orphan.key}</span>
          <b>{orphan.uploadId === '' ? formatBytes(orphan.size) : 'Open upload'}</b>
          <p className={classes.detail}>
            Written {formatTime(orphan.modifiedAt, now)} · goes after {formatTime(orphan.purgeAfter, now)}
          </p>
        </li>
      )}
    />
  );
}

function Lost({ label }: { label: string }) {
  const list = useInfiniteQuery(lostFilesQuery());
  return <Rows label={label} list={list} none="No file is lost." row={(file) => <FileRow key={file.id} file={file} />} />;
}

function Damaged({ label }: { label: string }) {
  const list = useInfiniteQuery(damagedFilesQuery());
  return (
    <Rows
      label={label}
      list={list}
      none="No check has found damage."
      intro="Files whose bytes are not those that were stored. They stay as they are; restore them from a backup, or have their owners download them again."
      row={(file) => <FileRow key={file.id} file={file} />}
    />
  );
}

function FileRow({ file: { path, size, jobId, job, owner } }: { file: Pick<LostFile, 'path' | 'size' | 'jobId' | 'job' | 'owner'> }) {
  return (
    <li>
      <span className={classes.what}>{path}</span>
      <b>{formatBytes(size)}</b>
      <p className={classes.detail}>
        <Link to="/admin/jobs/$jobId" params={{ jobId }}>
          {job || `Download ${jobId}`}
        </Link>{' '}
        · {owner}
      </p>
    </li>
  );
}
