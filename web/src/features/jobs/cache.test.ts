import type { InfiniteData } from '@tanstack/react-query';
import { makeJob, makeProgress, moment } from '@test/fixtures';
import { describe, expect, it } from 'vitest';

import type { Job, JobPage, Progress } from '@/api/model';
import { newQueryClient } from '@/lib/query-client';

import { jobKeys, type JobFilter, type SpeedPoint } from './api';
import { applyJob, applyProgress, applyRemoved, applyReset } from './cache';

const everything: JobFilter = { states: [], q: '', sort: '-created', label: '' };
const active: JobFilter = { ...everything, states: ['downloading', 'queued'] };

function setup(jobs: Job[], filter = everything) {
  const client = newQueryClient();
  const page = (list: Job[]): JobPage => ({ jobs: list, nextCursor: '', total: jobs.length, counts: {} });
  client.setQueryData(jobKeys.list(filter), { pages: [page(jobs.slice(0, 2)), page(jobs.slice(2))], pageParams: ['', '2'] });
  const listed = () => {
    const data = client.getQueryData<InfiniteData<JobPage>>(jobKeys.list(filter));
    return { ids: data?.pages.flatMap((each) => each.jobs.map((job) => job.id)), total: data?.pages[0]?.total, data };
  };
  return { client, listed };
}

const jobs = [
  makeJob({ state: 'downloading', createdAt: moment(-10) }),
  makeJob({ state: 'downloading', createdAt: moment(-20) }),
  makeJob({ state: 'downloading', createdAt: moment(-30) }),
] as const;
const [first, second, third] = jobs;

describe('applyJob', () => {
  it('replaces a listed download in its place', () => {
    const { client, listed } = setup([...jobs]);
    applyJob(client, { ...second, name: 'renamed', updatedAt: moment(0) });
    expect(listed().ids).toEqual(jobs.map((job) => job.id));
    expect(listed().data?.pages[0]?.jobs[1]?.name).toBe('renamed');
  });

  it('removes a download from a list whose filter it no longer matches', () => {
    const { client, listed } = setup([...jobs], active);
    applyJob(client, { ...third, state: 'ready', updatedAt: moment(0) });
    expect(listed()).toMatchObject({ ids: [first.id, second.id], total: 2 });
  });

  it('puts a new download on top when the newest come first', () => {
    const { client, listed } = setup([...jobs]);
    const added = makeJob({ state: 'queued', createdAt: moment(0) });
    applyJob(client, added);
    expect(listed()).toMatchObject({ ids: [added.id, ...jobs.map((job) => job.id)], total: 4 });
  });

  it('asks the server when only it knows the position', () => {
    const filter: JobFilter = { ...everything, sort: 'name' };
    const { client } = setup([...jobs], filter);
    applyJob(client, makeJob({ createdAt: moment(0) }));
    expect(client.getQueryState(jobKeys.list(filter))?.isInvalidated).toBe(true);
  });

  it('keeps a download that the search matches in other letters, as the server does', () => {
    const { client, listed } = setup([...jobs], { ...everything, q: 'DEBIAN' });
    applyJob(client, { ...second, updatedAt: moment(0) });
    expect(listed()).toMatchObject({ ids: jobs.map((job) => job.id), total: 3 });
  });

  it("doesn't add a download that the search doesn't match", () => {
    const { client, listed } = setup([...jobs], { ...everything, q: 'debian-13' });
    applyJob(client, makeJob({ name: 'something else', createdAt: moment(0) }));
    expect(listed().ids).toHaveLength(3);
  });

  it('ignores data older than what it has', () => {
    const { client } = setup([...jobs]);
    applyJob(client, { ...first, state: 'ready', updatedAt: '2026-01-01T00:00:01.5Z' });
    applyJob(client, { ...first, state: 'storing', updatedAt: '2026-01-01T00:00:01Z' });
    expect(client.getQueryData<Job>(jobKeys.detail(first.id))?.state).toBe('ready');
  });

  it('forgets the progress of a download that no longer has any', () => {
    const { client } = setup([...jobs]);
    applyProgress(client, [makeProgress(first.id)]);
    applyJob(client, { ...first, state: 'failed', progress: null, updatedAt: moment(0) });
    expect(client.getQueryData(jobKeys.progress(first.id))).toBeNull();
  });
});

describe('applyProgress', () => {
  it('keeps the latest of each download and a history of its speed', () => {
    const { client } = setup([...jobs]);
    const at = (second: number, downRate: number) => makeProgress(first.id, { downRate, updatedAt: `2026-01-01T00:00:0${second}Z` });
    applyProgress(client, [at(1, 100), makeProgress(second.id)]);
    applyProgress(client, [at(3, 300)]);
    applyProgress(client, [at(2, 200)]);
    expect(client.getQueryData<Progress>(jobKeys.progress(first.id))?.downRate).toBe(300);
    expect(client.getQueryData<SpeedPoint[]>(jobKeys.speed(first.id))?.map((point) => point.rate)).toEqual([100, 300]);
  });

  it('keeps a bounded history', () => {
    const { client } = setup([...jobs]);
    for (let n = 0; n < 400; n += 1) applyProgress(client, [makeProgress(first.id, { updatedAt: moment(n) })]);
    expect(client.getQueryData<SpeedPoint[]>(jobKeys.speed(first.id))).toHaveLength(150);
  });
});

it('removes a deleted download from every list', () => {
  const { client, listed } = setup([...jobs]);
  applyRemoved(client, second.id);
  expect(listed()).toMatchObject({ ids: [first.id, third.id], total: 2 });
});

it('fetches everything again after a reset, but not every page of a long list', () => {
  const { client, listed } = setup([...jobs]);
  client.setQueryData<InfiniteData<JobPage>>(jobKeys.list(everything), (data) => ({
    pages: Array.from({ length: 40 }, () => data?.pages[0]).filter((page) => page !== undefined),
    pageParams: Array.from({ length: 40 }, String),
  }));
  applyProgress(client, [makeProgress(first.id)]);
  applyReset(client);
  expect(listed().data?.pages).toHaveLength(5);
  expect(client.getQueryState(jobKeys.list(everything))?.isInvalidated).toBe(true);
  expect(client.getQueryState(jobKeys.progress(first.id))?.isInvalidated).toBe(false);
});
