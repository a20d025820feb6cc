import { screen, within } from '@testing-library/react';
import { makeMe, moment } from '@test/fixtures';
import { makeAgents, makeCheck, makeHistoryEntry, makeSeedrProvider } from '@test/providers';
import { renderApp } from '@test/render-app';
import { confirmedAdmin } from '@test/world';
import { describe, expect, it } from 'vitest';

async function card(title: string) {
  const heading = await screen.findByRole('heading', { level: 2, name: title });
  const item = heading.closest('li');
  if (!item) throw new Error(`no card of ${title}`);
  return within(item);
}

const failed = makeCheck({ ok: false, problem: 'seedr_auth', message: 'Seedr rejects the e-mail address or the password.' });

describe('the providers page', () => {
  it('shows which one is active, and the health and room of each', async () => {
    const world = confirmedAdmin();
    world.providers.failover = 'agent_to_seedr';
    renderApp(world, '/admin/providers');
    const agents = await card('Agents');
    expect(agents.getByText('Active')).toBeVisible();
    expect(agents.getByText('9 free of 16')).toBeVisible();
    expect(agents.getByText('7 running, 2 waiting')).toBeVisible();
    expect(agents.getByRole('link', { name: 'All agents' })).toHaveAttribute('href', '/admin/agents');
    const seedr = await card('Seedr.cc');
    expect(seedr.getByText('Healthy')).toBeVisible();
    expect(seedr.getByText('655 GiB free of 1.0 TiB, 57.0 GiB reserved')).toBeVisible();
    expect(seedr.getByText("21 free of 25, from the account's plan")).toBeVisible();
    expect(seedr.getByText('MASTER')).toBeVisible();
    expect(seedr.queryByText('Active')).not.toBeInTheDocument();
    const order = within(screen.getByRole('list', { name: 'Provider order' }));
    expect(order.getAllByRole('listitem').map((item) => item.textContent)).toEqual(['1Agents', '2Seedr.cc']);
    expect(screen.getByText(/SEEDR_EMAIL and SEEDR_PASSWORD.*never stored/)).toBeVisible();
    expect(await screen.findByText(/No provider changes/)).toBeVisible();
  });

  it("shows what the deployment lacks, and what doesn't work without it", async () => {
    const world = confirmedAdmin();
    renderApp(world, '/admin/providers');
    const list = within(await screen.findByRole('list', { name: 'Deployment' }));
    const of = (name: string) => list.getByText(name).closest('li');
    expect(of('Database')).toHaveTextContent('DatabaseOK');
    expect(of('Turnstile')).toHaveTextContent(/Not configured.*Sign-in has no protection from bots/);
  });

  it('says why nothing is removed from storage, and accepts it after a confirmation', async () => {
    const world = confirmedAdmin();
    world.providers.storage = { ...world.providers.storage, paused: 'restored', pausedAt: moment(-60), orphans: { count: 3, bytes: 2048 }, refusedLost: 40 };
    const { user } = renderApp(world, '/admin/providers');
    const list = within(await screen.findByRole('list', { name: 'Storage' }));
    expect(list.getByText('Clean-up').closest('li')).toHaveTextContent(/Paused.*database is older than storage/);
    expect(list.getByText(/3 objects, 2.0 KiB/)).toBeVisible();
    expect(list.getByText(/40 more files are gone/)).toBeVisible();
    expect(list.queryByRole('button', { name: 'Remove now' })).not.toBeInTheDocument();
    await user.click(list.getByRole('button', { name: 'Accept storage' }));
    const dialog = within(await screen.findByRole('dialog'));
    expect(dialog.getByRole('button', { name: 'Accept' })).toBeDisabled();
    await user.type(dialog.getByRole('textbox'), 'accept');
    await user.click(dialog.getByRole('button', { name: 'Accept' }));
    expect(await list.findByText(/takes effect with the next sweep/)).toBeVisible();
    expect(world.providers.confirmed).toEqual(['accept']);
  });

  it('says how to configure Seedr where no worker has credentials', async () => {
    const world = confirmedAdmin();
    world.providers.list = [makeAgents(), makeSeedrProvider({ configured: false }, { healthy: false, summary: 'No worker has credentials for a Seedr account.' })];
    renderApp(world, '/admin/providers');
    const seedr = await card('Seedr.cc');
    expect(seedr.getByText('Not configured')).toBeVisible();
    expect(seedr.getByText('SEEDR_PASSWORD')).toBeVisible();
    expect(seedr.queryByRole('progressbar')).not.toBeInTheDocument();
  });

  it('shows since when Seedr fails and when it is called next', async () => {
    const world = confirmedAdmin();
    const rest = { failedSince: moment(-3_600), restUntil: moment(600), restReason: 'limited', problem: 'seedr_limited' };
    world.providers.list = [makeAgents(), makeSeedrProvider(rest, { healthy: false })];
    renderApp(world, '/admin/providers');
    const seedr = await card('Seedr.cc');
    expect(seedr.getByText('Breaker open')).toBeVisible();
    expect(seedr.getByText(/open: Seedr asked us to slow down/)).toHaveTextContent(/Next call (at |\w+,? )\d+:\d\d/);
    expect(seedr.getByText(/^since (\w+,? )?\d+:\d\d/)).toBeVisible();
  });

  it('verifies with a real call and shows plan, space and slots, or the fault', async () => {
    const world = confirmedAdmin();
    const { user } = renderApp(world, '/admin/providers');
    const seedr = await card('Seedr.cc');
    await user.click(seedr.getByRole('button', { name: 'Verify Seedr.cc' }));
    expect(await seedr.findByText('Plan MASTER · 312 GiB of 1.0 TiB used · 4 of 25 slots taken')).toBeVisible();
    expect(world.changes).toEqual(['POST /admin/providers/verify {"provider":"seedr"}']);
    world.providers.check = failed;
    await user.click(seedr.getByRole('button', { name: 'Verify Seedr.cc' }));
    expect(await seedr.findByText('Seedr rejects the e-mail address or the password.')).toBeVisible();
    expect(seedr.getByText('Not usable')).toBeVisible();
    world.providers.check = undefined;
    await user.click(seedr.getByRole('button', { name: 'Verify Seedr.cc' }));
    expect(await seedr.findByText(/No worker answered/)).toBeVisible();
    expect(seedr.queryByText('Not usable')).not.toBeInTheDocument();
  });

  it('switches only when the name is typed', async () => {
    const world = confirmedAdmin();
    const { user } = renderApp(world, '/admin/providers');
    await user.click(await screen.findByRole('button', { name: 'Switch to Seedr.cc' }));
    const dialog = within(await screen.findByRole('dialog'));
    const confirm = dialog.getByRole('button', { name: 'Verify and switch' });
    await user.type(dialog.getByLabelText(/^Type/), 'seed');
    expect(confirm).toBeDisabled();
    await user.type(dialog.getByLabelText(/^Type/), 'r');
    await user.click(confirm);
    expect(await screen.findByText('New downloads now go to Seedr.cc.')).toBeVisible();
    expect(world.changes).toEqual(['POST /admin/providers/switch {"provider":"seedr","confirm":"seedr","force":false}']);
    expect(await (await card('Seedr.cc')).findByText('Active')).toBeVisible();
    expect(await within(screen.getByRole('list', { name: 'History' })).findByText('ada@example.org')).toBeVisible();
  });

  it('switches to a failing provider only on request', async () => {
    const world = confirmedAdmin();
    world.providers.check = failed;
    const { user } = renderApp(world, '/admin/providers');
    await user.click(await screen.findByRole('button', { name: 'Switch to Seedr.cc' }));
    const dialog = within(await screen.findByRole('dialog'));
    expect(dialog.queryByRole('checkbox')).not.toBeInTheDocument();
    await user.type(dialog.getByLabelText(/^Type/), 'seedr{Enter}');
    expect(await dialog.findByText(/Nothing changed/)).toBeVisible();
    expect(world.providers.history).toHaveLength(0);
    await user.click(dialog.getByRole('checkbox', { name: /even if verification fails/ }));
    await user.click(dialog.getByRole('button', { name: 'Switch anyway' }));
    expect(await screen.findByText('New downloads now go to Seedr.cc.')).toBeVisible();
    expect(await screen.findByText('Verification failed')).toBeVisible();
  });

  it('changes the failover and keeps the active provider', async () => {
    const world = confirmedAdmin();
    const { user } = renderApp(world, '/admin/providers');
    await user.click(await screen.findByRole('button', { name: 'Change failover' }));
    const dialog = within(await screen.findByRole('dialog'));
    await user.selectOptions(dialog.getByRole('combobox'), 'Both ways, each provider once');
    await user.click(dialog.getByRole('checkbox', { name: /choose the provider/ }));
    await user.type(dialog.getByLabelText(/^Type/), 'agent{Enter}');
    expect(await screen.findByText('Agents, new options')).toBeVisible();
    expect(world.changes).toEqual([
      'POST /admin/providers/switch {"provider":"agent","confirm":"agent","force":false,"options":{"failover":"both","userChoice":true}}',
    ]);
  });

  it('shows older history entries on demand', async () => {
    const world = confirmedAdmin();
    world.providers.history = Array.from({ length: 23 }, (_, at) => makeHistoryEntry(23 - at, { by: `admin-${23 - at}@example.org` }));
    const { user } = renderApp(world, '/admin/providers');
    expect(await screen.findByText('admin-4@example.org')).toBeVisible();
    expect(screen.queryByText('admin-3@example.org')).not.toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Show older' }));
    expect(await screen.findByText('admin-1@example.org')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Show older' })).not.toBeInTheDocument();
  });

  it('does not exist for users', async () => {
    const world = confirmedAdmin();
    world.me = makeMe({ role: 'user' });
    renderApp(world, '/admin/providers');
    expect(await screen.findByText('Check the address, or go back to your downloads.')).toBeVisible();
    expect(screen.queryByRole('link', { name: 'Providers' })).not.toBeInTheDocument();
  });
});
