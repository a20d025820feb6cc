import { screen, waitFor, within } from '@testing-library/react';
import { makeLedgerLine, makeUsage } from '@test/fixtures';
import { renderApp } from '@test/render-app';
import { the } from '@test/the';
import { World } from '@test/world';
import { expect, it } from 'vitest';

it('shows what is used, what is reserved, and when the month resets', async () => {
  const world = new World();
  world.ledger = [makeLedgerLine({ jobName: '' })];
  renderApp(world, '/usage');
  const storage = within(await screen.findByRole('region', { name: 'Storage' }));
  expect(storage.getByText('of 20.0 GiB')).toBeVisible();
  expect(storage.getByText(/3\.0 GiB more is reserved/)).toBeVisible();
  expect(storage.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '75');
  expect(screen.getByText(/^Resets \w+ \d/)).toBeVisible();
  expect(screen.getByText(/You're on the Free plan/)).toBeVisible();
  expect(await screen.findByText('Deleted download')).toBeVisible();
  expect(screen.getByText('+2.0 GiB')).toBeVisible();
});

it('tells its owner how fast each download may be', async () => {
  const world = new World();
  world.usage = makeUsage({ plan: { ...makeUsage().plan, rateLimit: 2_621_440 }, override: { limits: [{ limit: 'rateLimit', value: 2_621_440 }], until: null } });
  renderApp(world, '/usage');
  expect(await screen.findByText(/Each download gets up to 2\.5 MiB\/s\./)).toBeVisible();
  expect(screen.getByRole('note')).toHaveTextContent('You have limits of your own: speed per download 2.5 MiB/s.');
  const own = within(await screen.findByRole('list', { name: 'Plans' }));
  expect(own.getAllByText('Speed per download')[0]?.nextSibling).toHaveTextContent('no limit');
});

it('shows no limit where the plan has none', async () => {
  const world = new World();
  world.usage = makeUsage({ storage: { used: 5, reserved: 0, limit: null } });
  renderApp(world, '/usage');
  const storage = within(await screen.findByRole('region', { name: 'Storage' }));
  expect(storage.getByText('no limit')).toBeVisible();
  expect(storage.queryByRole('progressbar')).not.toBeInTheDocument();
  expect(await screen.findByText('Nothing stored yet.')).toBeVisible();
});

it('shows the ledger page by page, down to its first line', async () => {
  const world = new World();
  world.ledger = Array.from({ length: 120 }, (_, at) => makeLedgerLine({ jobName: `volume ${120 - at}` }));
  const { user } = renderApp(world, '/usage');
  const list = within(await screen.findByRole('list', { name: 'Storage history' }));
  expect(list.getAllByRole('listitem')).toHaveLength(50);
  await user.click(screen.getByRole('button', { name: 'Show earlier' }));
  await waitFor(() => expect(list.getAllByRole('listitem')).toHaveLength(100));
  await user.click(screen.getByRole('button', { name: 'Show earlier' }));
  expect(await list.findByText('volume 1')).toBeVisible();
  expect(screen.queryByRole('button', { name: 'Show earlier' })).not.toBeInTheDocument();
});

it('links each change to its download, if it still exists', async () => {
  const world = new World();
  world.ledger = [makeLedgerLine({ jobName: 'kept' }), makeLedgerLine({ jobName: '' }), makeLedgerLine({ kind: 'repair', jobId: null, jobName: '' })];
  renderApp(world, '/usage');
  expect(await screen.findByRole('link', { name: 'kept' })).toHaveAttribute('href', `/jobs/${world.ledger[0]?.jobId ?? ''}`);
  expect(screen.getByText('Deleted download')).toBeVisible();
  expect(screen.getByText('All downloads')).toBeVisible();
});

it("shows the account's plan among the others, even if it isn't public", async () => {
  const world = new World();
  const free = makeUsage().plan;
  world.plans = [free, { ...free, id: 'pro', name: 'Pro', position: 3, maxRunningJobs: 10, storageBytes: null, retentionDays: null }];
  world.usage = makeUsage({ plan: { ...free, id: 'crew', name: 'Crew', public: false, position: 2 } });
  renderApp(world, '/usage');
  const plans = within(await screen.findByRole('list', { name: 'Plans' }));
  expect(plans.getAllByRole('heading').map((heading) => heading.textContent)).toEqual(['Free', 'Crewyour plan', 'Pro']);
  const pro = within(the(plans.getByText('Pro').closest('li')));
  expect(pro.getByText('Storage').nextSibling).toHaveTextContent('no limit');
  expect(pro.getByText('Files are kept').nextSibling).toHaveTextContent('until deleted');
  expect(pro.getByText('Running at once').nextSibling).toHaveTextContent('10');
});

it('shows the limit of the installation where it is smaller than that of a plan', async () => {
  const world = new World();
  const free = makeUsage().plan;
  world.plans = [free, { ...free, id: 'open', name: 'Open', position: 3, maxRunningJobs: null }, { ...free, id: 'big', name: 'Big', position: 4, maxRunningJobs: 50 }];
  renderApp(world, '/usage');
  const plans = within(await screen.findByRole('list', { name: 'Plans' }));
  for (const [plan, limit] of [['Free', '2'], ['Open', '10 (limit of this installation)'], ['Big', '10 (limit of this installation)']] as const) {
    const card = within(the(plans.getByText(plan).closest('li')));
    await waitFor(() => expect(card.getByText('Running at once').nextSibling?.textContent).toBe(limit));
  }
});
