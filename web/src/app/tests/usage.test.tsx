import { screen, within } from '@testing-library/react';
import { makeLedgerLine, makeUsage } from '@test/fixtures';
import { renderApp } from '@test/render-app';
import { World } from '@test/world';
import { expect, it } from 'vitest';

it('shows what is used, what is held, and when the month starts anew', async () => {
  const world = new World();
  world.ledger = [makeLedgerLine({ jobName: '' })];
  renderApp(world, '/usage');
  const storage = within(await screen.findByRole('region', { name: 'Storage' }));
  expect(storage.getByText('of 20.0 GiB')).toBeVisible();
  expect(storage.getByText(/3\.0 GiB more are held/)).toBeVisible();
  expect(storage.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '75');
  expect(screen.getByText(/starts anew on/)).toBeVisible();
  expect(screen.getByText(/You have the plan Free/)).toBeVisible();
  expect(await screen.findByText('a deleted download')).toBeVisible();
  expect(screen.getByText('+2.0 GiB')).toBeVisible();
});

it('shows no limit where the plan has none', async () => {
  const world = new World();
  world.usage = makeUsage({ storage: { used: 5, reserved: 0, limit: null } });
  renderApp(world, '/usage');
  const storage = within(await screen.findByRole('region', { name: 'Storage' }));
  expect(storage.getByText('no limit')).toBeVisible();
  expect(storage.queryByRole('progressbar')).not.toBeInTheDocument();
  expect(await screen.findByText('Nothing was stored yet.')).toBeVisible();
});
