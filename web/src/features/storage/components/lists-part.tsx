import { Button, SegmentedControl, Skeleton } from '@mantine/core';
import { useInfiniteQuery, type InfiniteData, type UseInfiniteQueryResult } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { LostFile } from '@/api/model';
import { ErrorNotice } from '@/components/notice';
import { formatBytes, formatCount, formatDate, formatTime } from '@/lib/format';
import { text } from '@/lib/messages';
import { useNow } from '@/lib/use-now';

import '../messages/catalogue';
import { damagedFilesQuery, expiriesQuery, largeJobsQuery, lostFilesQuery, orphansQuery, storageUsersQuery, type ListPage } from '../api';
import classes from './storage.module.css';

const lists = {
  users: { label: text('storage:listsPart.accounts'), list: Users },
  jobs: { label: text('storage:listsPart.largest'), list: Jobs },
  expiries: { label: text('storage:listsPart.expiring'), list: Expiries },
  orphans: { label: text('storage:listsPart.orphans'), list: Orphans },
  lost: { label: text('storage:listsPart.lostFiles'), list: Lost },
  damaged: { label: text('storage:listsPart.damagedFiles'), list: Damaged },
};

type Name = keyof typeof lists;

/** Who stores what, what expires, and what is wrong. */
export function ListsPart() {
  const { t } = useTranslation('storage');
  const [name, setName] = useState<Name>('users');
  const { label, list: List } = lists[name];
  const data = Object.entries(lists).map(([value, { label: text }]) => ({ value: value as Name, label: text }));
  return (
    <section className={classes.part} aria-labelledby="lists">
      <h2 id="lists">{t('listsPart.whatIsStored')}</h2>
      {/* On a narrow screen the control scrolls. */}
      <div className={classes.tabs}>
        <SegmentedControl aria-label={t('listsPart.list')} data={data} value={name} onChange={setName} />
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
  const { t } = useTranslation('storage');
  const rows = list.data?.pages.flatMap((page) => page.rows) ?? [];
  if (list.isPending) return <Skeleton height={180} radius="lg" />;
  if (!list.data) return <ErrorNotice error={list.error} title={t('listsPart.couldntLoadThe')} retry={() => void list.refetch()} />;
  if (rows.length === 0) return <p className={classes.note}>{none}</p>;
  return (
    <>
      {intro !== undefined && <p className={classes.note}>{intro}</p>}
      <ul className={classes.rows} aria-label={label}>
        {rows.map(row)}
      </ul>
      {list.hasNextPage && (
        <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('listsPart.showMore')}
        </Button>
      )}
    </>
  );
}

function Users({ label }: { label: string }) {
  const { t } = useTranslation('storage');
  const list = useInfiniteQuery(storageUsersQuery());
  return (
    <Rows
      label={label}
      list={list}
      none={t('listsPart.noAccountStores')}
      row={(user) => (
        <li key={user.id}>
          <Link to="/admin/users/$userId" params={{ userId: user.id }} className={classes.what}>
            {user.email}
          </Link>
          <b>{formatBytes(user.bytes)}</b>
          <p className={classes.detail}>
            {t('listsPart.files', { count: user.files, number: formatCount(user.files) })},{' '}
            <Link to="/admin/jobs" search={{ user: user.email, sort: '-size' }}>
              {t('listsPart.largestDownloads')}
            </Link>
          </p>
        </li>
      )}
    />
  );
}

function Jobs({ label }: { label: string }) {
  const { t } = useTranslation('storage');
  const list = useInfiniteQuery(largeJobsQuery());
  return (
    <Rows
      label={label}
      list={list}
      none={t('listsPart.noDownloadStores')}
      row={(job) => (
        <li key={job.id}>
          <Link to="/admin/jobs/$jobId" params={{ jobId: job.id }} className={classes.what}>
            {job.name || t('listsPart.download', { id: job.id })}
          </Link>
          <b>{formatBytes(job.bytes)}</b>
          <p className={classes.detail}>
            {job.owner} · {t('listsPart.files', { count: job.files, number: formatCount(job.files) })}
            {job.expiresAt !== null && t('listsPart.expires', { expiresAt: formatDate(job.expiresAt) })}
          </p>
        </li>
      )}
    />
  );
}

function Expiries({ label }: { label: string }) {
  const { t } = useTranslation('storage');
  const list = useInfiniteQuery(expiriesQuery());
  return (
    <Rows
      label={label}
      list={list}
      none={t('listsPart.nothingExpiresWithin')}
      intro={t('listsPart.whatTheRetention')}
      row={(user) => (
        <li key={user.id}>
          <span className={classes.what}>{user.email}</span>
          <b>{t('listsPart.in30Days', { bytes: formatBytes(user.month.bytes) })}</b>
          <p className={classes.detail}>
            {user.week.count === 0 ? t('listsPart.downloadsIn30', { count: user.month.count, number: formatCount(user.month.count) }) : t('listsPart.in30DaysIn', { number: t('listsPart.downloads', { count: user.month.count, number: formatCount(user.month.count) }), number2: t('listsPart.downloads', { count: user.week.count, number: formatCount(user.week.count) }), bytes: formatBytes(user.week.bytes) })}
          </p>
        </li>
      )}
    />
  );
}

function Orphans({ label }: { label: string }) {
  const { t } = useTranslation('storage');
  const now = useNow();
  const list = useInfiniteQuery(orphansQuery());
  return (
    <Rows
      label={label}
      list={list}
      none={t('listsPart.theLastSweep')}
      intro={t('listsPart.objectsAndOpen')}
      row={(orphan) => (
        <li key={`${orphan.key} ${orphan.uploadId}`}>
          <span className={classes.key}>{orphan.key}</span>
          <b>{orphan.uploadId === '' ? formatBytes(orphan.size) : t('listsPart.openUpload')}</b>
          <p className={classes.detail}>
            {t('listsPart.writtenGoesAfter', { modifiedAt: formatTime(orphan.modifiedAt, now), purgeAfter: formatTime(orphan.purgeAfter, now) })}
          </p>
        </li>
      )}
    />
  );
}

function Lost({ label }: { label: string }) {
  const { t } = useTranslation('storage');
  const list = useInfiniteQuery(lostFilesQuery());
  return <Rows label={label} list={list} none={t('listsPart.noFileIs')} row={(file) => <FileRow key={file.id} file={file} />} />;
}

function Damaged({ label }: { label: string }) {
  const { t } = useTranslation('storage');
  const list = useInfiniteQuery(damagedFilesQuery());
  return (
    <Rows
      label={label}
      list={list}
      none={t('listsPart.noCheckHas')}
      intro={t('listsPart.filesWhoseBytes')}
      row={(file) => <FileRow key={file.id} file={file} />}
    />
  );
}

function FileRow({ file: { path, size, jobId, job, owner } }: { file: Pick<LostFile, 'path' | 'size' | 'jobId' | 'job' | 'owner'> }) {
  const { t } = useTranslation('storage');
  return (
    <li>
      <span className={classes.what}>{path}</span>
      <b>{formatBytes(size)}</b>
      <p className={classes.detail}>
        <Link to="/admin/jobs/$jobId" params={{ jobId }}>
          {job || t('listsPart.download2', { jobId })}
        </Link>{' '}
        · {owner}
      </p>
    </li>
  );
}
