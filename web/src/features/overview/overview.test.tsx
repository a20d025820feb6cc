import { screen, within } from '@testing-library/react';
import { FakeEventSource } from '@test/event-source';
import { makeFinding } from '@test/overview';
import { renderApp } from '@test/render-app';
import { confirmedAdmin } from '@test/world';
import { describe, expect, it } from 'vitest';

describe('the overview', () => {
  it('is what Admin opens, without a warning on a healthy system', async () => {
    renderApp(confirmedAdmin(), '/admin');
    expect(await screen.findByText('All is well.')).toBeVisible();
    expect(screen.queryByRole('list', { name: 'Warnings' })).not.toBeInTheDocument();
    const health = within(screen.getByRole('list', { name: 'Health' }));
    expect(health.getAllByRole('heading').map((heading) => heading.textContent)).toEqual(['API', 'Workers', 'Agents', 'Temporal', 'Postgres', 'Storage', 'Seedr', 'Mail', 'Turnstile']);
    expect(health.getAllByText('Healthy')).toHaveLength(9);
  });

  it('leads from figures, reasons and faults to the downloads behind them', async () => {
    renderApp(confirmedAdmin(), '/admin');
    expect(await screen.findByRole('link', { name: 'Running: 33' })).toHaveAttribute('href', '/admin/jobs?state=resolving%2Cdownloading%2Cstoring');
    expect(screen.getByRole('link', { name: 'Failed today: 7' })).toHaveAttribute('href', '/admin/jobs?state=failed');
    const faults = within(screen.getByRole('region', { name: 'Top faults in 24 hours' }));
    expect(faults.getByRole('link', { name: 'No peers' })).toHaveAttribute('href', '/admin/jobs?problem=no_peers&state=needs_attention%2Cfailed');
    const open = within(screen.getByRole('region', { name: 'Open downloads' }));
    expect(open.getByRole('link', { name: 'Queued' })).toHaveAttribute('href', '/admin/jobs?state=queued&reason=waits_for_slot');
  });

  it('has the figures of its charts in tables', async () => {
    renderApp(confirmedAdmin(), '/admin');
    const traffic = within(await screen.findByRole('region', { name: 'Throughput, last 48 hours' }));
    expect(traffic.getAllByRole('row', { hidden: true })).toHaveLength(49);
    expect(within(screen.getByRole('region', { name: 'Storage, last 30 days' })).getAllByRole('row', { hidden: true })).toHaveLength(31);
  });

  it('shows a warning with what to do, as soon as the event stream tells', async () => {
    const world = confirmedAdmin();
    const { queryClient } = renderApp(world, '/admin');
    await screen.findByText('All is well.');
    const warning = makeFinding();
    const components = world.overview.overview.components.map((each) => (each.component === 'agents' ? { ...each, state: 'degraded' as const, findings: [warning] } : each));
    world.overview.overview = { ...world.overview.overview, warnings: [warning], components };
    queryClient.setDefaultOptions({ queries: { ...queryClient.getDefaultOptions().queries, refetchInterval: false } });
    const stream = FakeEventSource.latest();
    stream.accept();
    stream.send('overview', {});
    const warnings = within(await screen.findByRole('list', { name: 'Warnings' }));
    expect(warnings.getByRole('listitem')).toHaveTextContent(/Agent barge-1 stopped responding\.Check its machine and its network, or remove it\. Open AgentsAgents, since 33 minutes ago/);
    expect(warnings.getByRole('link', { name: 'Open Agents' })).toHaveAttribute('href', '/admin/agents');
    expect(screen.getByText('Degraded')).toBeVisible();
  });
});
