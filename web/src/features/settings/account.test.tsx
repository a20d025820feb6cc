import { screen, within } from '@testing-library/react';
import { makeAgent, makeMe, moment } from '@test/fixtures';
import { renderApp } from '@test/render-app';
import { confirmedAdmin, World } from '@test/world';
import { describe, expect, it } from 'vitest';

function signedOutWorld() {
  const world = new World();
  world.me = null;
  return world;
}

describe('sign-in', () => {
  it('guards every page and returns to it', async () => {
    const world = signedOutWorld();
    const { user, router } = renderApp(world, '/settings');
    await user.type(await screen.findByLabelText('E-mail'), 'ada@example.org');
    await user.type(screen.getByLabelText('Password'), world.password);
    await user.click(screen.getByRole('button', { name: 'Sign in' }));
    expect(await screen.findByRole('heading', { name: 'Settings' })).toBeVisible();
    expect(router.state.location.pathname).toBe('/settings');
  });

  it('says what is missing before it asks the server', async () => {
    const world = signedOutWorld();
    const { user } = renderApp(world, '/login');
    await user.click(await screen.findByRole('button', { name: 'Sign in' }));
    expect(await screen.findByText('Enter your e-mail address.')).toBeVisible();
    expect(screen.getByText('Enter your password.')).toBeVisible();
    expect(world.changes).toEqual([]);
  });

  it('shows the refusal of the server', async () => {
    const { user } = renderApp(signedOutWorld(), '/login');
    await user.type(await screen.findByLabelText('E-mail'), 'ada@example.org');
    await user.type(screen.getByLabelText('Password'), 'wrong');
    await user.click(screen.getByRole('button', { name: 'Sign in' }));
    expect(await screen.findByText('Wrong e-mail address or password.')).toBeVisible();
  });

  it.each(['https://evil.example/', '//evil.example', String.raw`/\evil.example`])('does not redirect to %s', async (next) => {
    const world = signedOutWorld();
    const { user, router } = renderApp(world, `/login?next=${encodeURIComponent(next)}`);
    await user.type(await screen.findByLabelText('E-mail'), 'ada@example.org');
    await user.type(screen.getByLabelText('Password'), world.password);
    await user.click(screen.getByRole('button', { name: 'Sign in' }));
    expect(await screen.findByText('No downloads yet')).toBeVisible();
    expect(router.state.location.href).toBe('/');
  });
});

describe('set-up', () => {
  it("creates the first account with the link's token", async () => {
    const world = signedOutWorld();
    world.setupToken = 'one-time';
    const { user } = renderApp(world, '/setup?token=one-time');
    await user.type(await screen.findByLabelText('E-mail'), 'ada@example.org');
    await user.type(screen.getByLabelText('Password'), 'too short');
    await user.click(screen.getByRole('button', { name: 'Create account' }));
    expect(await screen.findByText('Use at least 15 characters.')).toBeVisible();
    await user.type(screen.getByLabelText('Password'), ' but now it is long');
    await user.click(screen.getByRole('button', { name: 'Create account' }));
    expect(await screen.findByText('No downloads yet')).toBeVisible();
    expect(world.changes.at(-1)).toContain('"token":"one-time"');
  });

  it('says that the link was already used', async () => {
    const { user } = renderApp(signedOutWorld(), '/setup?token=old');
    await user.type(await screen.findByLabelText('E-mail'), 'ada@example.org');
    await user.type(screen.getByLabelText('Password'), 'a long enough password');
    await user.click(screen.getByRole('button', { name: 'Create account' }));
    expect(await screen.findByText('This setup link is no longer valid.')).toBeVisible();
  });

  it('is announced on the sign-in page of a new installation', async () => {
    const world = signedOutWorld();
    world.setupToken = 'one-time';
    renderApp(world, '/');
    expect(await screen.findByText(/one-time setup link/)).toBeVisible();
    expect(screen.queryByLabelText('Password')).not.toBeInTheDocument();
  });
});

describe('agents', () => {
  it("shows each agent's health", async () => {
    const world = confirmedAdmin();
    world.agents = [makeAgent(), makeAgent({ name: 'attic', alive: false, lastSeenAt: moment(-7_200) })];
    renderApp(world, '/admin/agents');
    expect(await screen.findByText('Healthy')).toBeVisible();
    expect(screen.getByText('Lost')).toBeVisible();
    expect(screen.getAllByText('3 of 8')[0]).toBeVisible();
  });

  it('drains an agent only after its name is typed', async () => {
    const world = confirmedAdmin();
    world.agents = [makeAgent()];
    const { user } = renderApp(world, '/admin/agents');
    await user.click(await screen.findByRole('button', { name: 'Drain' }));
    const dialog = within(await screen.findByRole('dialog'));
    expect(dialog.getByRole('button', { name: 'Drain' })).toBeDisabled();
    await user.type(dialog.getByRole('textbox'), 'barge-1');
    await user.click(dialog.getByRole('button', { name: 'Drain' }));
    expect(await screen.findByText('Draining')).toBeVisible();
  });

  it('removes an idle agent, and says why a busy one stays', async () => {
    const world = confirmedAdmin();
    world.agents = [makeAgent({ state: 'draining', running: 2 }), makeAgent({ name: 'attic', alive: false, running: 0 })];
    const { user } = renderApp(world, '/admin/agents');
    const [busy, silent] = await screen.findAllByRole('button', { name: 'Remove' });
    if (!busy || !silent) throw new Error('a button is missing');
    await user.click(busy);
    await user.type(await screen.findByRole('textbox'), 'barge-1{Enter}');
    expect(await screen.findByText(/barge-1 has 2 running downloads/)).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Cancel' }));
    await user.click(silent);
    await user.type(await screen.findByRole('textbox'), 'attic{Enter}');
    expect(await screen.findByText('Removed attic.')).toBeVisible();
    expect(screen.queryByRole('heading', { name: 'attic' })).not.toBeInTheDocument();
  });

  it('shows the command for a new agent', async () => {
    const { user } = renderApp(confirmedAdmin(), '/admin/agents');
    await screen.findByText('No agents yet');
    const [add] = screen.getAllByRole('button', { name: 'Add an agent' });
    if (add) await user.click(add);
    await user.type(await screen.findByLabelText('Name'), 'cellar');
    await user.click(screen.getByRole('button', { name: 'Create command' }));
    expect(await screen.findByText(/agent --name cellar/)).toBeVisible();
  });

  it('have no page for other users', async () => {
    const world = confirmedAdmin();
    world.me = makeMe({ role: 'user' });
    renderApp(world, '/admin/agents');
    expect(await screen.findByRole('heading', { name: 'Page not found' })).toBeVisible();
    expect(screen.queryByRole('link', { name: 'Agents' })).not.toBeInTheDocument();
  });
});

it('shows a page for unknown addresses', async () => {
  renderApp(new World(), '/nowhere');
  expect(await screen.findByText('Check the address, or go back to your downloads.')).toBeVisible();
});
