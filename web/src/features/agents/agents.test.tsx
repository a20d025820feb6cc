import { screen, within } from '@testing-library/react';
import { makeAgent, makeAgentTransfer } from '@test/fixtures';
import { renderApp } from '@test/render-app';
import { confirmedAdmin } from '@test/world';
import { describe, expect, it } from 'vitest';

describe('an agent', () => {
  it('shows what runs on it, with progress and links, and its heartbeats', async () => {
    const world = confirmedAdmin();
    const agent = makeAgent({ outdated: true, version: '0.0.9' });
    const transfer = makeAgentTransfer();
    world.agents = [agent];
    world.agentTransfers.set(agent.id, [transfer, makeAgentTransfer({ name: '', bytesTotal: -1, downRate: 0, state: 'resolving' })]);
    const { user } = renderApp(world, '/admin/agents');
    await user.click(await screen.findByRole('link', { name: 'barge-1' }));
    expect(await screen.findByRole('heading', { level: 1, name: 'barge-1' })).toBeVisible();
    expect(screen.getByText(/version 0\.0\.9, older than this server/)).toBeVisible();
    const list = within(await screen.findByRole('list', { name: 'Running transfers' }));
    expect(list.getByRole('link', { name: 'Sintel.2010.2160p' })).toHaveAttribute('href', `/admin/jobs/${transfer.jobId}`);
    expect(list.getByRole('progressbar', { name: 'Progress of Sintel.2010.2160p' })).toHaveAttribute('aria-valuenow', '44');
    expect(list.getByText('Looking up')).toBeVisible();
    const hours = within(screen.getByRole('region', { name: 'Heartbeats, last 7 days' }));
    expect(await hours.findByText(/silent for 6 of 168 hours/)).toBeVisible();
    expect(hours.getAllByRole('row', { hidden: true })).toHaveLength(169);
  });

  it('says what a drain waits for, and leads back to the list when it is removed', async () => {
    const world = confirmedAdmin();
    const agent = makeAgent({ running: 0, left: { jobs: 1, bytes: 1_073_741_824 } });
    world.agents = [agent];
    const { user } = renderApp(world, `/admin/agents/${agent.id}`);
    await user.click(await screen.findByRole('button', { name: 'Drain' }));
    const confirm = async (label: string) => {
      const dialog = within(await screen.findByRole('dialog'));
      await user.type(dialog.getByRole('textbox'), 'barge-1');
      await user.click(dialog.getByRole('button', { name: label }));
    };
    await confirm('Drain');
    expect(await screen.findByText('1 download left, 1.0 GiB not stored yet.')).toBeVisible();
    world.agents = world.agents.map((each) => ({ ...each, left: { jobs: 0, bytes: 0 } }));
    await user.click(screen.getByRole('button', { name: 'Remove' }));
    await confirm('Remove');
    expect(await screen.findByRole('heading', { level: 1, name: 'Agents' })).toBeVisible();
    expect(world.agents).toHaveLength(0);
  });

  it('gets a speed limit, and loses it', async () => {
    const world = confirmedAdmin();
    world.agents = [makeAgent()];
    const { user } = renderApp(world, `/admin/agents/${world.agents[0]?.id ?? ''}`);
    const save = async (text: string) => {
      await user.click(await screen.findByRole('button', { name: 'Change speed limit' }));
      const dialog = within(await screen.findByRole('dialog'));
      await user.clear(dialog.getByLabelText('MiB per second'));
      if (text !== '') await user.type(dialog.getByLabelText('MiB per second'), text);
      await user.click(dialog.getByRole('button', { name: 'Save' }));
    };
    await save('2.5');
    expect(await screen.findByText('Speed limit: 2.5 MiB/s')).toBeVisible();
    expect(world.changes.at(-1)).toMatch(/^PUT .*\/limit {"rateLimit":2621440}$/);
    await save('');
    expect(await screen.findByText('Speed limit: none')).toBeVisible();
  });

  it('gets a pool, and loses it', async () => {
    const world = confirmedAdmin();
    world.agents = [makeAgent()];
    const { user } = renderApp(world, `/admin/agents/${world.agents[0]?.id ?? ''}`);
    const save = async (text: string) => {
      await user.click(await screen.findByRole('button', { name: 'Change pool' }));
      const dialog = within(await screen.findByRole('dialog'));
      await user.clear(dialog.getByLabelText('Pool'));
      if (text !== '') await user.type(dialog.getByLabelText('Pool'), text);
      await user.click(dialog.getByRole('button', { name: 'Save' }));
      return dialog;
    };
    const dialog = await save('Fast line');
    expect(dialog.getByText(/^Use lower-case letters/)).toBeVisible();
    expect(world.changes.filter((change) => change.includes('/pool'))).toHaveLength(0);
    await user.click(dialog.getByRole('button', { name: 'Cancel' }));
    await save('fast-line');
    expect(await screen.findByText('Pool: fast-line')).toBeVisible();
    expect(world.changes.at(-1)).toMatch(/^PUT .*\/pool {"pool":"fast-line"}$/);
    await save('');
    expect(await screen.findByText('Pool: none')).toBeVisible();
  });

  it('is not found once it is gone', async () => {
    renderApp(confirmedAdmin(), '/admin/agents/00000000-0000-4000-8000-000000000000');
    expect(await screen.findByRole('heading', { name: 'Agent not found' })).toBeVisible();
  });
});

describe('adding an agent', () => {
  it('gives a command and a compose file for its address', async () => {
    const world = confirmedAdmin();
    const { user } = renderApp(world, '/admin/agents');
    const [add] = await screen.findAllByRole('button', { name: 'Add an agent' });
    if (add) await user.click(add);
    const dialog = within(await screen.findByRole('dialog'));
    await user.type(dialog.getByLabelText('Name'), 'cellar');
    await user.type(dialog.getByLabelText('Address (optional)'), 'http://10.0.0.5;rm');
    await user.click(dialog.getByRole('button', { name: 'Create command' }));
    expect(await dialog.findByText('Enter an address such as http://10.0.0.5:7300.')).toBeVisible();
    await user.clear(dialog.getByLabelText('Address (optional)'));
    await user.type(dialog.getByLabelText('Address (optional)'), 'http://10.0.0.5:7300');
    await user.click(dialog.getByRole('button', { name: 'Create command' }));
    expect(await dialog.findByLabelText('Command')).toHaveTextContent('AGENT_ENROLMENT_TOKEN=one-time');
    expect(world.changes.at(-1)).toBe('POST /admin/agents/enrol {"name":"cellar","url":"http://10.0.0.5:7300"}');
    await user.click(dialog.getByRole('radio', { name: 'Docker Compose' }));
    expect(dialog.getByLabelText('Compose file')).toHaveTextContent('image: longhaul:latest');
    expect(dialog.getByRole('button', { name: 'Copy file' })).toBeVisible();
  });
});
