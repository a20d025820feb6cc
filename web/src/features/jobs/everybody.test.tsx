import { screen, waitFor, within } from '@testing-library/react';
import { makeUser } from '@test/admin';
import { makeAttempt, makeOwnedJob } from '@test/everybody';
import { because, makeAgent, makeEvent, makeMe, moment, newId } from '@test/fixtures';
import { renderApp } from '@test/render-app';
import { World } from '@test/world';
import { describe, expect, it } from 'vitest';

const grace = { id: newId(), email: 'grace@example.org' };
const linus = { id: newId(), email: 'linus@example.org' };

function crowd(): World {
  const world = new World();
  world.me = makeMe();
  world.agents = [makeAgent({ name: 'barge-1' })];
  world.everybody.jobs = [
    makeOwnedJob({ name: 'Sintel', owner: grace, state: 'downloading', agent: { id: newId(), name: 'barge-1' }, movableTo: ['agent', 'seedr'], createdAt: moment(-10) }),
    makeOwnedJob({ name: 'Old firmware', owner: linus, state: 'failed', problem: 'not_found_at_source', reason: because('not_found_at_source', { status: 404 }), createdAt: moment(-20) }),
    makeOwnedJob({ name: 'Tears of Steel', owner: grace, state: 'ready', createdAt: moment(-30) }),
  ];
  return world;
}

async function row(name: string): Promise<HTMLElement> {
  const found = (await screen.findByRole('link', { name })).closest<HTMLElement>('[role="listitem"]');
  if (!found) throw new Error(`no row of ${name}`);
  return found;
}

type Person = ReturnType<typeof renderApp>['user'];

async function choose(user: Person, name: string, item: string) {
  await user.click(await screen.findByRole('button', { name: `Actions for ${name}` }));
  await user.click(await screen.findByRole('menuitem', { name: item }));
  return within(await screen.findByRole('dialog'));
}

describe('the downloads of all accounts', () => {
  it('show whose each is, where it is and why', async () => {
    renderApp(crowd(), '/admin/jobs');
    expect(await row('Sintel')).toHaveTextContent(/Downloading.*grace@example\.org.*barge-1.*671 MiB/);
    expect(await row('Old firmware')).toHaveTextContent(/HTTP 404.*Failed.*linus@example\.org.*Agents/);
    expect(screen.getByText('3 downloads')).toBeVisible();
    expect(screen.getByRole('link', { name: 'All downloads' })).toHaveAttribute('aria-current', 'page');
  });

  it('are found and sorted by the server, by what the address says', async () => {
    const world = crowd();
    const { user, router } = renderApp(world, '/admin/jobs?problem=not_found_at_source&size=1048576-&hash=abcdef');
    expect(await screen.findByText('1 download')).toBeVisible();
    expect(world.everybody.asked.at(-1)).toBe('?problem=not_found_at_source&sizeMin=1048576&infoHash=abcdef&sort=-created&limit=100');
    expect(screen.getByRole('combobox', { name: 'Problem' })).toHaveValue('not_found_at_source');
    expect(screen.getByRole('link', { name: 'Export CSV' })).toHaveAttribute('href', '/api/v1/admin/jobs.csv?problem=not_found_at_source&sizeMin=1048576&infoHash=abcdef');
    await user.click(screen.getByRole('button', { name: 'Clear' }));
    expect(await screen.findByText('3 downloads')).toBeVisible();
    await user.selectOptions(screen.getByRole('combobox', { name: 'State' }), 'Stuck or failed');
    await user.selectOptions(screen.getByRole('combobox', { name: 'Order' }), 'Largest first');
    expect(await screen.findByText('1 download')).toBeVisible();
    expect(world.everybody.asked.at(-1)).toBe('?state=needs_attention,failed&sort=-size&limit=100');
    await user.type(screen.getByRole('textbox', { name: 'Name' }), 'si{Enter}');
    expect(await screen.findByText('Enter at least 3 characters.')).toBeVisible();
    await user.type(screen.getByRole('textbox', { name: 'Name' }), 'ntel{Enter}');
    expect(await screen.findByText('No matches')).toBeVisible();
    expect(router.state.location.search).toEqual({ q: 'sintel', state: 'needs_attention,failed', sort: '-size' });
    router.history.back();
    expect(await row('Old firmware')).toBeVisible();
    expect(screen.getByRole('textbox', { name: 'Name' })).toHaveValue('');
  });

  it('of one account are a click on its address away, from every list', async () => {
    const world = crowd();
    world.admin.users = [makeUser({ email: linus.email })];
    const { user, router } = renderApp(world, '/admin/jobs');
    await user.click(within(await row('Sintel')).getByRole('button', { name: grace.email }));
    expect(await screen.findByText('2 downloads')).toBeVisible();
    expect(screen.getByRole('textbox', { name: 'Account' })).toHaveValue(grace.email);
    await router.navigate({ to: '/admin/users' });
    await user.click(await screen.findByRole('link', { name: linus.email }));
    await user.click(await screen.findByRole('link', { name: '14 downloads' }));
    expect(await row('Old firmware')).toBeVisible();
    expect(screen.queryByText('Sintel')).not.toBeInTheDocument();
    await user.clear(screen.getByRole('textbox', { name: 'Account' }));
    await user.type(screen.getByRole('textbox', { name: 'Account' }), 'stranger@example.org{Enter}');
    expect(await screen.findByText('There is no account with this address or id.')).toBeVisible();
  });

  it('are counted as far as the server counts', async () => {
    const world = crowd();
    world.everybody.maxTotal = 2;
    renderApp(world, '/admin/jobs');
    expect(await screen.findByText('More than 2 downloads')).toBeVisible();
  });

  it('are acted on with a note for the owner', async () => {
    const world = crowd();
    const { user } = renderApp(world, '/admin/jobs');
    const dialog = await choose(user, 'Old firmware', 'Retry');
    expect(dialog.getByText(/belongs to linus@example\.org/)).toBeVisible();
    await user.type(dialog.getByRole('textbox', { name: 'Note for the owner' }), ' The server is back. {Enter}');
    expect(await screen.findByText('Retrying “Old firmware”.')).toBeVisible();
    const id = world.everybody.jobs[1]?.id ?? '';
    expect(world.changes).toEqual([`POST /admin/jobs/${id}/retry {"note":"The server is back."}`]);
    await waitFor(async () => expect(await row('Old firmware')).toHaveTextContent('Queued'));
    const other = await choose(user, 'Sintel', 'Move to another agent');
    expect(other.getByText(/no other agent has room/)).toBeVisible();
    await user.click(other.getByRole('button', { name: 'Cancel' }));
    const move = await choose(user, 'Sintel', 'Move to Seedr.cc');
    await user.click(move.getByRole('button', { name: 'Move' }));
    expect(await screen.findByText('Moving “Sintel” to Seedr.cc.')).toBeVisible();
    expect(world.changes.at(-1)).toMatch(/provider \{"provider":"seedr"\}$/);
  });

  it('say why an act was refused', async () => {
    const world = crowd();
    const { user } = renderApp(world, '/admin/jobs');
    const dialog = await choose(user, 'Sintel', 'Pause');
    world.everybody.jobs = world.everybody.jobs.map((job) => ({ ...job, actions: [] }));
    await user.click(dialog.getByRole('button', { name: 'Pause' }));
    expect(await dialog.findByText('The download is in another state.')).toBeVisible();
  });

  it('are acted on together, and each says what became of it', async () => {
    const world = crowd();
    const { user } = renderApp(world, '/admin/jobs');
    await row('Sintel');
    for (const box of screen.getAllByRole('checkbox')) await user.click(box);
    const bar = within(screen.getByRole('toolbar', { name: 'Selected downloads' }));
    expect(bar.getByRole('button', { name: 'Retry (1)' })).toBeVisible();
    await user.click(bar.getByRole('button', { name: 'Delete' }));
    world.everybody.jobs = world.everybody.jobs.filter((job) => job.name !== 'Tears of Steel');
    const dialog = within(await screen.findByRole('dialog'));
    expect(dialog.getByText('They belong to 2 accounts.')).toBeVisible();
    await user.click(dialog.getByRole('button', { name: 'Delete' }));
    const results = within(await screen.findByRole('list', { name: 'Results' }));
    expect(results.getAllByRole('listitem').map((item) => item.textContent)).toEqual([expect.stringMatching(/^Tears of Steel.*no such download/), 'Sintel', 'Old firmware']);
    await user.click(screen.getByText('Close'));
    expect(await screen.findByText('No downloads yet')).toBeVisible();
  });

  it('have no page for other users', async () => {
    const world = crowd();
    world.me = makeMe({ role: 'user' });
    renderApp(world, '/admin/jobs');
    expect(await screen.findByRole('heading', { name: 'Page not found' })).toBeVisible();
  });
});

describe('a download of another account', () => {
  it('shows what was tried, what its owner reads, and its workflow', async () => {
    const world = crowd();
    const job = world.everybody.jobs[0];
    if (!job) throw new Error('the scene lacks a download');
    world.everybody.details.set(job.id, {
      files: { pending: 3, stored: 11, skipped: 0, lost: 1, trashed: 0, deleted: 0 },
      attempts: [makeAttempt(1), makeAttempt(2, { state: 'open', problem: '', tries: 2, endedAt: null })],
      events: [makeEvent({ kind: 'submitted' }), makeEvent({ state: 'downloading', reason: because('admin_acted', { act: 'retry', note: 'The server is back.' }) })],
    });
    const { user } = renderApp(world, '/admin/jobs?state=downloading');
    await user.click(await screen.findByRole('link', { name: 'Sintel' }));
    expect(await screen.findByRole('heading', { name: 'Sintel' })).toBeVisible();
    const attempts = within(screen.getByRole('region', { name: 'Attempts' })).getAllByRole('listitem');
    expect(attempts[0]).toHaveTextContent(/Download 2.*Running.*barge-1.*2 earlier places lost/);
    expect(attempts[1]).toHaveTextContent(/Download 1.*Failed.*took 16 min/);
    expect(screen.getByRole('region', { name: 'Files' })).toHaveTextContent(/Stored11.*Not stored yet3.*Lost from storage1/);
    expect(screen.getByText('It was retried by an admin: “The server is back.”')).toBeVisible();
    expect(screen.getByRole('link', { name: /Open in Temporal UI/ })).toHaveAttribute('href', `http://temporal.test/workflows/job-${job.id}`);
    await user.click(screen.getByRole('link', { name: /All downloads/, current: false }));
    expect(await screen.findByText('1 download')).toBeVisible();
    expect(screen.getByRole('combobox', { name: 'State' })).toHaveValue('downloading');
  });

  it('is deleted from its page, and the list follows', async () => {
    const world = crowd();
    const { user } = renderApp(world, `/admin/jobs/${world.everybody.jobs[2]?.id ?? ''}`);
    await user.click(await screen.findByRole('button', { name: 'Delete' }));
    const dialog = within(await screen.findByRole('dialog'));
    expect(dialog.getByText(/by mail/)).toBeVisible();
    await user.click(dialog.getByRole('button', { name: 'Delete' }));
    expect(await screen.findByText('Deleted “Tears of Steel”.')).toBeVisible();
    expect(await screen.findByText('2 downloads')).toBeVisible();
  });

  it('is missing after it was deleted', async () => {
    renderApp(crowd(), `/admin/jobs/${newId()}`);
    expect(await screen.findByRole('heading', { name: 'Download not found' })).toBeVisible();
  });
});
