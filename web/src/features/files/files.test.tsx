import { screen, waitFor } from '@testing-library/react';
import { FakeEventSource } from '@test/event-source';
import { makeFile, makeJob } from '@test/fixtures';
import { renderApp } from '@test/render-app';
import { World } from '@test/world';
import { describe, expect, it, vi } from 'vitest';

import type { Job, JobFile } from '@/api/model';

function worldWith(given: Partial<Job>, files: JobFile[] = []) {
  const world = new World();
  const job = makeJob(given);
  world.jobs = [job];
  world.files.set(job.id, files);
  return { world, job };
}

describe('the files of a download', () => {
  it('offers each file as soon as it is stored', async () => {
    const { world, job } = worldWith({ state: 'downloading' }, [
      makeFile(0, 'a.mkv', { contentType: 'video/x-matroska', previewable: true }),
      makeFile(1, 'b.mkv', { state: 'pending' }),
    ]);
    renderApp(world, `/jobs/${job.id}`);
    expect(await screen.findByRole('link', { name: 'Play a.mkv' })).toBeVisible();
    expect(screen.getByText('1 of 2 available')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Download b.mkv' })).not.toBeInTheDocument();

    world.files.set(job.id, [makeFile(0, 'a.mkv'), makeFile(1, 'b.mkv')]);
    FakeEventSource.latest().send('job', world.change(job, { state: 'storing' }));
    expect(await screen.findByRole('button', { name: 'Download b.mkv' })).toBeVisible();
  });

  it('downloads one file or all through links on the delivery origin', async () => {
    const { world, job } = worldWith({ state: 'ready' }, [makeFile(0, 'a.bin'), makeFile(1, 'b.bin')]);
    const clicked: string[] = [];
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      clicked.push(this.href);
    });
    const { user } = renderApp(world, `/jobs/${job.id}`);
    await user.click(await screen.findByRole('button', { name: 'Download a.bin' }));
    await user.click(screen.getByRole('button', { name: 'Download all as zip' }));
    await waitFor(() => expect(clicked).toHaveLength(2));
    expect(clicked.every((href) => href.startsWith('http://files.test/'))).toBe(true);
    expect(world.changes[0]).toContain('"disposition":"attachment"');
  });

  it('offers a single file unpacked', async () => {
    const { world, job } = worldWith({ state: 'ready' }, [makeFile(0, 'a.bin')]);
    renderApp(world, `/jobs/${job.id}`);
    expect(await screen.findByRole('button', { name: 'Download' })).toBeVisible();
    expect(screen.queryByRole('button', { name: /zip/ })).not.toBeInTheDocument();
  });

  it('offers the only stored file unpacked, next to skipped ones', async () => {
    const { world, job } = worldWith({ state: 'ready' }, [makeFile(0, 'a.bin'), makeFile(1, 'b.bin', { state: 'skipped' })]);
    renderApp(world, `/jobs/${job.id}`);
    expect(await screen.findByRole('button', { name: 'Download' })).toBeVisible();
    expect(screen.queryByRole('button', { name: /zip/ })).not.toBeInTheDocument();
  });

  it('shows the beginning of a long list of files before the rest is there', async () => {
    const files = Array.from({ length: 5_002 }, (_, index) => makeFile(index, `Reel ${index + 1}.mkv`));
    const { world, job } = worldWith({ name: 'Apollo', state: 'ready', fileCount: files.length }, files);
    const answer = world.answer.bind(world);
    let release: () => void = () => undefined;
    const rest = new Promise<void>((resolve) => {
      release = resolve;
    });
    vi.spyOn(world, 'answer').mockImplementation(async (request) => {
      if (request.url.includes('outline?cursor=')) await rest;
      return answer(request);
    });
    renderApp(world, `/jobs/${job.id}`);
    expect(await screen.findByText('5,002 files, loading…')).toBeVisible();
    expect(await screen.findByText('Reel 1.mkv')).toBeVisible();
    release();
    expect(await screen.findByText('5,002 files')).toBeVisible();
  });
});

describe('the player', () => {
  it('plays a video from an inline link, with links to its neighbours', async () => {
    const video = { contentType: 'video/mp4', previewable: true };
    const files = [makeFile(0, 'ep2.mp4', video), makeFile(1, 'ep10.mp4', video), makeFile(2, 'notes.txt')];
    const { world, job } = worldWith({}, files);
    renderApp(world, `/jobs/${job.id}/play/${files[0]?.id ?? ''}`);
    expect(await screen.findByRole('region', { name: /ep2\.mp4/ })).toBeVisible();
    expect(world.changes[0]).toContain('"disposition":"inline"');
    expect(await screen.findByRole('link', { name: 'ep10.mp4' })).toBeVisible();
  });

  it('does not ask for a link to a file that is not stored', async () => {
    const file = makeFile(0, 'a.mp4', { state: 'pending' });
    const { world, job } = worldWith({ state: 'downloading' }, [file]);
    renderApp(world, `/jobs/${job.id}/play/${file.id}`);
    expect(await screen.findByText('Not stored yet')).toBeVisible();
    expect(world.changes).toEqual([]);
  });
});
