import { screen, waitFor, within } from '@testing-library/react';
import { FakeEventSource } from '@test/event-source';
import { problem } from '@test/answers';
import { because, makeJob, makeProgress, moment } from '@test/fixtures';
import { renderApp } from '@test/render-app';
import { World } from '@test/world';
import { describe, expect, it, vi } from 'vitest';

import { formatAt } from '@/lib/format';

function worldWithJobs() {
  const world = new World();
  world.jobs = [
    makeJob({ name: 'Running one', state: 'downloading', createdAt: moment(-60) }),
    makeJob({ name: 'Paused one', state: 'paused', createdAt: moment(-120) }),
    makeJob({ name: 'Failed one', state: 'failed', reason: because('not_found_at_source', { status: 404 }), createdAt: moment(-180) }),
  ];
  return world;
}

function row(name: string) {
  const found = screen.getByRole('link', { name }).closest('[role="listitem"]');
  if (!(found instanceof HTMLElement)) throw new Error(`no row ${name}`);
  return found;
}

describe('the list', () => {
  it('shows downloads with their state, why they wait, and counts by tab', async () => {
    renderApp(worldWithJobs(), '/');
    expect(await screen.findByText('Running one')).toBeVisible();
    expect(within(row('Failed one')).getByText('Failed')).toBeVisible();
    expect(within(row('Failed one')).getByText('The server has no such file (HTTP 404).')).toBeVisible();
    expect(await screen.findByRole('button', { name: 'All 3' })).toBeVisible();
    expect(screen.getByRole('button', { name: 'Active 1' })).toBeVisible();
  });

  it('says in a row when a wait ends', async () => {
    const world = new World();
    const retryAt = moment(900);
    world.jobs = [
      makeJob({ name: 'Again soon', state: 'queued', reason: because('source_failing', { status: 503 }), deadline: retryAt, attempt: 2, maxAttempts: 4 }),
      makeJob({ name: 'Your turn', state: 'awaiting_selection', deadline: moment(90_000) }),
      makeJob({ name: 'In line', state: 'queued', reason: because('waits_for_user_slot', { running: 2, limit: 2 }) }),
      makeJob({ name: 'At rest', state: 'paused' }),
      makeJob({ name: 'Done', state: 'ready', deadline: moment(864_000) }),
    ];
    renderApp(world, '/');
    await screen.findByText('Again soon');
    const clock = (at: string) => formatAt(at, Date.now());
    expect(within(row('Again soon')).getByText(`The server can't send the file right now (HTTP 503). Tries again ${clock(retryAt)} (attempt 2 of 4).`)).toBeVisible();
    expect(within(row('Your turn')).getByText(/^The files are known\. Choose what to download by .+; after that it fails\.$/)).toBeVisible();
    expect(within(row('In line')).getByText('2 of your 2 slots in use.')).toBeVisible();
    expect(within(row('At rest')).queryByText('It is paused.')).not.toBeInTheDocument();
    expect(within(row('Done')).queryByText(/Your plan keeps/)).not.toBeInTheDocument();
  });

  it('asks the server for a tab and for a search', async () => {
    const { user, router } = renderApp(worldWithJobs(), '/');
    await user.click(await screen.findByRole('button', { name: 'Paused 1' }));
    await waitFor(() => expect(screen.queryByText('Running one')).not.toBeInTheDocument());
    expect(screen.getByText('Paused one')).toBeVisible();
    expect(router.state.location.search).toMatchObject({ tab: 'paused' });
    await user.type(screen.getByRole('searchbox'), 'nothing like it');
    expect(await screen.findByText('No matches')).toBeVisible();
  });

  it('offers only the actions that a download allows, and performs them', async () => {
    const world = worldWithJobs();
    const { user } = renderApp(world, '/');
    await user.click(await screen.findByRole('button', { name: 'Actions for Running one' }));
    const menu = await screen.findByRole('menu');
    await waitFor(() => expect(within(menu).getByRole('menuitem', { name: 'Open' })).toHaveFocus());
    expect(within(menu).queryByText('Resume')).not.toBeInTheDocument();
    await user.click(within(menu).getByText('Pause'));
    expect(await within(row('Running one')).findByText('Paused')).toBeVisible();
    expect(world.changes).toEqual([`POST /jobs/${world.jobs[0]?.id ?? ''}/pause`]);
  });

  it('asks before it deletes for good', async () => {
    const world = worldWithJobs();
    world.trash.seconds = 0;
    const { user } = renderApp(world, '/');
    await user.click(await screen.findByRole('button', { name: 'Actions for Failed one' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Delete' }));
    expect(world.changes).toEqual([]);
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Delete' }));
    await waitFor(() => expect(screen.queryByRole('link', { name: 'Failed one' })).not.toBeInTheDocument());
    expect(world.jobs).toHaveLength(2);
  });

  it('applies an action to the selected downloads that allow it', async () => {
    const world = worldWithJobs();
    const { user } = renderApp(world, '/');
    await user.click(await screen.findByRole('checkbox', { name: 'Select Running one' }));
    await user.click(screen.getByRole('checkbox', { name: 'Select Paused one' }));
    await user.click(screen.getByRole('button', { name: 'Resume (1)' }));
    expect(await within(row('Paused one')).findByText('Queued')).toBeVisible();
    expect(world.changes).toHaveLength(1);
  });

  it('says which of several downloads refused an action, and why', async () => {
    const world = worldWithJobs();
    const other = makeJob({ name: 'Paused too', state: 'paused', createdAt: moment(-130) });
    world.jobs.push(other);
    const answer = world.answer.bind(world);
    vi.spyOn(world, 'answer').mockImplementation((request) =>
      request.url.endsWith(`/jobs/${other.id}/resume`) ? Promise.resolve(problem(409, 'wrong_state', 'It was deleted meanwhile.')) : answer(request),
    );
    const { user } = renderApp(world, '/');
    for (const name of ['Paused one', 'Paused too']) await user.click(await screen.findByRole('checkbox', { name: `Select ${name}` }));
    await user.click(screen.getByRole('button', { name: 'Resume' }));
    expect(await screen.findByText('Resuming “Paused one”.')).toBeVisible();
    expect(await screen.findByText('Couldn\'t change “Paused too”')).toBeVisible();
    expect(screen.getByText('It was deleted meanwhile.')).toBeVisible();
  });

  it.each([
    ['Failed one', 'Running one'],
    ['Running one', 'Failed one'],
  ])('selects a range with shift, from %s to %s', async (from, to) => {
    const { user } = renderApp(worldWithJobs(), '/');
    await user.click(await screen.findByRole('checkbox', { name: `Select ${from}` }));
    await user.keyboard('{Shift>}');
    await user.click(screen.getByRole('checkbox', { name: `Select ${to}` }));
    await user.keyboard('{/Shift}');
    expect(screen.getByText('3 downloads selected')).toBeVisible();
    expect(screen.getByRole('checkbox', { name: `Select ${to}` })).toBeChecked();
  });

  it('collects what waits for the user under “Needs you”', async () => {
    const world = worldWithJobs();
    world.jobs.push(makeJob({ name: 'To choose', state: 'awaiting_selection' }), makeJob({ name: 'Stuck', state: 'needs_attention' }));
    const { user } = renderApp(world, '/');
    await user.click(await screen.findByRole('button', { name: 'Needs you 2' }));
    await waitFor(() => expect(screen.queryByRole('link', { name: 'Running one' })).not.toBeInTheDocument());
    expect(await screen.findByRole('link', { name: 'To choose' })).toBeVisible();
    expect(await screen.findByRole('link', { name: 'Stuck' })).toBeVisible();
  });

  it('moves between rows by the arrow keys', async () => {
    const { user } = renderApp(worldWithJobs(), '/');
    (await screen.findByRole('link', { name: 'Running one' })).focus();
    await user.keyboard('{ArrowDown}');
    expect(screen.getByRole('link', { name: 'Paused one' })).toHaveFocus();
    await user.keyboard('x');
    expect(screen.getByRole('checkbox', { name: 'Select Paused one' })).toBeChecked();
    await user.keyboard('k');
    expect(screen.getByRole('link', { name: 'Running one' })).toHaveFocus();
  });

  it('says what to do when there are no downloads yet', async () => {
    renderApp(new World(), '/');
    expect(await screen.findByText('No downloads yet')).toBeVisible();
  });

  it('leads to the box where the first download is added', async () => {
    const { user } = renderApp(new World(), '/');
    await user.click(await screen.findByRole('button', { name: 'Add a download' }));
    expect(screen.getByRole('textbox', { name: /one per line/ })).toHaveFocus();
    expect(screen.queryByRole('button', { name: 'Try a sample' })).not.toBeInTheDocument();
  });

  it('downloads the sample that the operator offers with one click', async () => {
    const world = new World();
    world.sampleUrl = 'http://sample.test/sample.torrent';
    const { user } = renderApp(world, '/');
    await user.click(await screen.findByRole('button', { name: 'Try a sample' }));
    expect(await screen.findByRole('link', { name: 'sample.torrent' })).toBeVisible();
    expect(screen.queryByText('No downloads yet')).not.toBeInTheDocument();
  });

  it('says what went wrong and loads again on request', async () => {
    const world = worldWithJobs();
    const answer = world.answer.bind(world);
    let broken = true;
    world.answer = (request) =>
      broken && request.url.includes('/jobs?') ? Promise.resolve(problem(503, 'unavailable', 'The database is unreachable.')) : answer(request);
    const { user } = renderApp(world, '/');
    expect(await screen.findByText('The database is unreachable.')).toBeVisible();
    broken = false;
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('Running one')).toBeVisible();
  });
});

describe('the event stream', () => {
  it('updates progress and state in the rows, and shows how live the page is', async () => {
    const world = worldWithJobs();
    renderApp(world, '/');
    await screen.findByText('Running one');
    const stream = FakeEventSource.latest();
    expect(screen.getByText('Connecting')).toBeVisible();
    stream.accept();
    expect(await screen.findByText('Live')).toBeVisible();

    const [running] = world.jobs;
    if (!running) throw new Error('no download');
    stream.send('progress', [makeProgress(running.id, { downRate: 10_485_760, bytesDone: 50, bytesTotal: 200, waiting: because('waits_for_peers', { peers: 3, seeders: 0 }) })]);
    expect(await within(row('Running one')).findByText('10.0 MiB/s')).toBeVisible();
    expect(within(row('Running one')).getByRole('progressbar')).toHaveAttribute('aria-valuenow', '25');
    expect(within(row('Running one')).getByText(/^3 peers connected, none of them a seed/)).toBeVisible();

    stream.send('job', world.change(running, { state: 'ready' }));
    expect(await within(row('Running one')).findByText('Ready')).toBeVisible();
    stream.send('removed', { id: running.id });
    await waitFor(() => expect(screen.queryByText('Running one')).not.toBeInTheDocument());

    stream.fail(false);
    expect(await screen.findByText('Reconnecting')).toBeVisible();
  });

  it('loads everything again on a reset', async () => {
    const world = worldWithJobs();
    renderApp(world, '/');
    await screen.findByText('Running one');
    world.jobs = [makeJob({ name: 'Unseen', createdAt: moment(0) }), ...world.jobs];
    FakeEventSource.latest().accept();
    FakeEventSource.latest().send('reset', {});
    expect(await screen.findByText('Unseen')).toBeVisible();
  });
});
