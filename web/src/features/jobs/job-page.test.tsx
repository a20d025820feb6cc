import { screen, waitFor, within } from '@testing-library/react';
import { FakeEventSource } from '@test/event-source';
import { because, makeEvent, makeFile, makeJob, makeMe, makeProgress, moment } from '@test/fixtures';
import { renderApp } from '@test/render-app';
import { World } from '@test/world';
import { describe, expect, it } from 'vitest';

import type { Job, JobFile } from '@/api/model';
import { formatAt, formatTime } from '@/lib/format';

function worldWith(given: Partial<Job>, files: JobFile[] = []) {
  const world = new World();
  const job = makeJob(given);
  world.jobs = [job];
  world.files.set(job.id, files);
  return { world, job };
}

describe('the page of a download', () => {
  it('leads from a problem to what the user can do about it', async () => {
    const world = new World();
    const job = makeJob({ name: 'Lonely', state: 'failed', reason: { code: 'no_peers', params: {}, text: 'No peer had it.' } });
    world.jobs = [job];
    const { user } = renderApp(world, `/jobs/${job.id}`);
    await user.click(await screen.findByRole('link', { name: 'What can I do?' }));
    expect(await screen.findByRole('heading', { name: 'Problems and what to do' })).toBeVisible();
    const current = document.querySelector('[aria-current="true"]#no_peers');
    expect(current).toHaveTextContent('Retry another day, or look for a torrent with seeders.');
    await user.type(screen.getByRole('searchbox', { name: 'Find a problem' }), 'seedr plan');
    expect(document.querySelector('#no_peers')).toBeNull();
    expect(document.querySelector('#seedr_plan')).toBeVisible();
  });

  it('shows state, reason, what happens next, progress and history', async () => {
    const at = moment(7_200);
    const { world, job } = worldWith({
      name: 'Apollo',
      state: 'needs_attention',
      reason: because('source_failing', { cause: 'broken' }),
      deadline: at,
    });
    world.timelines.set(job.id, [makeEvent({ kind: 'placed', reason: because('downloading', { agent: 'barge-1' }) })]);
    renderApp(world, `/jobs/${job.id}`);
    expect(await screen.findByRole('heading', { level: 1, name: 'Apollo' })).toBeVisible();
    expect(screen.getByText("The server can't send the file right now: the connection broke.")).toBeVisible();
    expect(screen.getByText(`Retry or cancel it; otherwise it fails ${formatAt(at, Date.now())}.`)).toBeVisible();
    expect(screen.getByText(formatTime(job.stateSince, Date.now()))).toBeVisible();
    expect(await screen.findByText('Given to agent barge-1')).toBeVisible();
    expect(screen.getByRole('button', { name: 'Retry' })).toBeVisible();
  });

  it('tells of a magnet link without peers the attempt, the peers seen and when it gives up', async () => {
    const { world, job } = worldWith({ state: 'resolving', attempt: 2, maxAttempts: 5, reason: because('looks_up_files', { agent: 'barge-1' }) });
    renderApp(world, `/jobs/${job.id}`);
    expect(await screen.findByText('Agent barge-1 is looking up the files.')).toBeVisible();
    const [since, givesUpAt] = [moment(-540), moment(1_860)];
    const clock = (at: string) => formatTime(at, Date.now());
    FakeEventSource.latest().accept();
    FakeEventSource.latest().send('progress', [
      makeProgress(job.id, { phase: 'resolving', bytesDone: 0, downRate: 0, waiting: because('waits_for_metadata', { since, seen: 12, peers: 0 }), givesUpAt }),
    ]);
    expect(await screen.findByText(`12 peers found, but none has responded since ${clock(since)}.`)).toBeVisible();
    expect(screen.getByText(`Keeps looking for peers; gives up ${formatAt(givesUpAt, Date.now())} (attempt 2 of 5).`)).toBeVisible();
  });

  it('offers to keep the web page that a URL led to', async () => {
    const { world, job } = worldWith({
      name: 'download.php',
      sourceKind: 'url',
      state: 'failed',
      problem: 'not_a_file',
      reason: because('not_a_file'),
    });
    const { user } = renderApp(world, `/jobs/${job.id}`);
    const asked: string[] = [];
    world.routes.push(['POST', /^\/jobs\/[^/]+\/retry$/, (_, __, url) => (asked.push(url.search), Response.json(world.change(job, { state: 'queued', problem: '' }), { status: 202 }))]);
    await user.click(await screen.findByRole('button', { name: 'Keep the page' }));
    expect(await screen.findByText('Keeping the web page of “download.php”.')).toBeVisible();
    expect(asked).toEqual(['?keepPage=true']);
    expect(screen.queryByRole('button', { name: 'Keep the page' })).not.toBeInTheDocument();
  });

  it('says which web address led to the torrent', async () => {
    const { world, job } = worldWith({ state: 'ready', sourceKind: 'torrent', origin: 'https://bücher.example/100% legal.torrent' });
    renderApp(world, `/jobs/${job.id}`);
    expect(await screen.findByText('.torrent file from https://bücher.example/100% legal.torrent')).toBeVisible();
  });

  it('says how long a finished download is kept', async () => {
    const deadline = moment(864_000);
    const { world, job } = worldWith({ state: 'ready', deadline });
    renderApp(world, `/jobs/${job.id}`);
    expect(await screen.findByText(`Your plan keeps the files until ${formatTime(deadline, Date.now())}; download them before then.`)).toBeVisible();
  });

  it("shows a newer server's reason in the server's words", async () => {
    const reason = { code: 'on_the_moon', params: {}, text: 'On the moon (job).' } as unknown as Job['reason'];
    const { world, job } = worldWith({ state: 'queued', reason, nextAction: 'Returns tomorrow.' });
    renderApp(world, `/jobs/${job.id}`);
    expect(await screen.findByText('On the moon (download).')).toBeVisible();
    expect(screen.getByText('Returns tomorrow.')).toBeVisible();
  });

  it('tells the history by what happened, the newest first', async () => {
    const { world, job } = worldWith({ state: 'downloading' });
    world.timelines.set(job.id, [
      makeEvent({ kind: 'submitted', reason: because('storage_full', { need: 2048, free: 1024 }) }),
      makeEvent({ kind: 'manifest', state: 'resolving', reason: because('files_known', { files: 14 }) }),
      makeEvent({ kind: 'attempt', state: 'downloading', problem: 'agent_lost', reason: because('agent_lost') }),
      makeEvent({ state: 'paused' }),
      makeEvent({ kind: 'placed', state: 'downloading', reason: because('seedr_downloading') }),
    ]);
    renderApp(world, `/jobs/${job.id}`);
    const timeline = await screen.findByRole('region', { name: 'Timeline' });
    const entries = await within(timeline).findAllByRole('listitem');
    expect(entries.map((entry) => [...entry.querySelectorAll('p')].slice(0, -1).map((line) => line.textContent))).toEqual([
      ['Given to Seedr'],
      ['Paused'],
      ['An attempt ended', 'The agent stopped responding.'],
      ['Found 14 files'],
      ['Added', 'Not enough storage: it needs 2.0 KiB, you have 1.0 KiB left.'],
    ]);
  });

  it('shows live verified and stored bytes, speed, peers and time left', async () => {
    const { world, job } = worldWith({ state: 'downloading' });
    renderApp(world, `/jobs/${job.id}`);
    await screen.findByRole('heading', { level: 1 });
    FakeEventSource.latest().accept();
    FakeEventSource.latest().send('progress', [
      makeProgress(job.id, { bytesTotal: 4 * 1024 ** 3, bytesDone: 1024 ** 3, bytesStored: 512 * 1024 ** 2, downRate: 2 * 1024 ** 2, etaSeconds: 1536, peers: 7 }),
    ]);
    expect(await screen.findByText('25.0%')).toBeVisible();
    expect(screen.getByText('Stored 512 MiB')).toBeVisible();
    expect(screen.getByText('2.0 MiB/s')).toBeVisible();
    expect(screen.getByText('25 min')).toBeVisible();
    expect(screen.getByText('7')).toBeVisible();
  });

  it('lets admins move it where the server allows', async () => {
    const { world, job } = worldWith({ state: 'downloading', name: 'Apollo', movableTo: ['seedr'] });
    const seedr = world.providers.list.find((info) => info.provider === 'seedr');
    if (seedr) Object.assign(seedr, { healthy: false, summary: 'Seedr cannot be reached.' });
    const { user } = renderApp(world, `/jobs/${job.id}`);
    await user.click(await screen.findByRole('button', { name: 'Move to Seedr.cc' }));
    const dialog = within(await screen.findByRole('dialog'));
    expect(dialog.getByText(/parts in storage stay/)).toBeVisible();
    expect(await dialog.findByText('Seedr cannot be reached.')).toBeVisible();
    await user.click(dialog.getByRole('button', { name: 'Move' }));
    expect(await screen.findByText('An admin moved it to Seedr.cc.')).toBeVisible();
    expect(world.changes).toEqual([`POST /admin/jobs/${job.id}/provider {"provider":"seedr"}`]);
    expect(await screen.findByRole('button', { name: 'Move to Agents' })).toBeVisible();
  });

  it('says why a move was refused', async () => {
    const { world, job } = worldWith({ state: 'downloading', movableTo: ['seedr'] });
    const { user } = renderApp(world, `/jobs/${job.id}`);
    await user.click(await screen.findByRole('button', { name: 'Move to Seedr.cc' }));
    world.jobs = [{ ...job, movableTo: [] }];
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Move' }));
    expect(await screen.findByText(/it can't be paused or moved now/)).toBeVisible();
  });

  it('offers no move to other users', async () => {
    const { world, job } = worldWith({ state: 'downloading', movableTo: ['seedr'] });
    world.me = makeMe({ role: 'user' });
    renderApp(world, `/jobs/${job.id}`);
    expect(await screen.findByRole('button', { name: 'Pause' })).toBeVisible();
    expect(screen.queryByRole('button', { name: /Move to/ })).not.toBeInTheDocument();
  });

  it('lets the owner choose files', async () => {
    const files = Array.from({ length: 9 }, (_, index) => makeFile(index, `part ${index}.bin`, { state: 'pending', size: 1024 }));
    const { world, job } = worldWith({ state: 'awaiting_selection' }, files);
    const { user } = renderApp(world, `/jobs/${job.id}`);
    await user.click(await screen.findByRole('checkbox', { name: 'part 0.bin' }));
    expect(screen.getByText('8 of 9 files, 8.0 KiB')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Download 8 files' }));
    await waitFor(() => expect(world.changes).toEqual([`POST /jobs/${job.id}/select {"indexes":[1,2,3,4,5,6,7,8]}`]));
    expect(await screen.findByText('Queued')).toBeVisible();
  });

  it('goes back to the list after a delete', async () => {
    const { world, job } = worldWith({ state: 'ready', name: 'Gone soon' });
    world.trash.seconds = 0;
    const { user, router } = renderApp(world, `/jobs/${job.id}`);
    await user.click(await screen.findByRole('button', { name: 'Delete' }));
    const dialog = await screen.findByRole('dialog');
    expect(within(dialog).getByText(/can't be undone/)).toBeVisible();
    await user.click(within(dialog).getByRole('button', { name: 'Delete' }));
    await waitFor(() => expect(router.state.location.pathname).toBe('/'));
    expect(world.jobs).toEqual([]);
  });

  it('shows the workflow to admins only', async () => {
    const { world, job } = worldWith({});
    const { unmount } = renderApp(world, `/jobs/${job.id}`);
    expect(await screen.findByRole('link', { name: /Temporal UI/ })).toHaveAttribute('href', 'http://temporal.test/job');
    unmount();
    world.me = makeMe({ role: 'user' });
    renderApp(world, `/jobs/${job.id}`);
    await screen.findByText('Timeline');
    expect(screen.queryByText('Workflow')).not.toBeInTheDocument();
  });

  it('says when there is no such download', async () => {
    renderApp(new World(), '/jobs/unknown');
    expect(await screen.findByRole('heading', { name: 'Download not found' })).toBeVisible();
  });
});
