import { screen, within } from '@testing-library/react';
import { makeAgent, makeMe, moment } from '@test/fixtures';
import { renderApp } from '@test/render-app';
import { World } from '@test/world';
import { describe, expect, it } from 'vitest';

function signedOutWorld() {
  const world = new World();
  world.me = null;
  return world;
}

describe('sign-in', () => {
  it('stands before every page and leads back to it', async () => {
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
    expect(await screen.findByText('E-mail address or password is wrong.')).toBeVisible();
  });

  it.each(['https://evil.example/', '//evil.example', String.raw`/\evil.example`])('does not lead to %s', async (next) => {
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
  it('makes the first account with the token of the link', async () => {
    const world = signedOutWorld();
    world.setupToken = 'one-time';
    const { user } = renderApp(world, '/setup?token=one-time');
    await user.type(await screen.findByLabelText('E-mail'), 'ada@example.org');
    await user.type(screen.getByLabelText('Password'), 'too short');
    await user.click(screen.getByRole('button', { name: 'Create the account' }));
    expect(await screen.findByText('Use at least 15 characters.')).toBeVisible();
    await user.type(screen.getByLabelText('Password'), ' but now it is long');
    await user.click(screen.getByRole('button', { name: 'Create the account' }));
    expect(await screen.findByText('No downloads yet')).toBeVisible();
    expect(world.changes.at(-1)).toContain('"token":"one-time"');
  });

  it('says that the link is used up', async () => {
    const { user } = renderApp(signedOutWorld(), '/setup?token=old');
    await user.type(await screen.findByLabelText('E-mail'), 'ada@example.org');
    await user.type(screen.getByLabelText('Password'), 'a long enough password');
    await user.click(screen.getByRole('button', { name: 'Create the account' }));
    expect(await screen.findByText('This set-up link is not valid any more.')).toBeVisible();
  });

  it('is what the sign-in page points to on a new installation', async () => {
    const world = signedOutWorld();
    world.setupToken = 'one-time';
    renderApp(world, '/');
    expect(await screen.findByText(/one-time set-up link/)).toBeVisible();
    expect(screen.queryByLabelText('Password')).not.toBeInTheDocument();
  });
});

describe('agents', () => {
  it('tells how each agent is', async () => {
    const world = new World();
    world.agents = [makeAgent(), makeAgent({ name: 'attic', alive: false, lastSeenAt: moment(-7_200) })];
    renderApp(world, '/admin/agents');
    expect(await screen.findByText('Healthy')).toBeVisible();
    expect(screen.getByText('Lost')).toBeVisible();
    expect(screen.getAllByText('3 of 8')[0]).toBeVisible();
  });

  it('drains an agent only after its name was typed', async () => {
    const world = new World();
    world.agents = [makeAgent()];
    const { user } = renderApp(world, '/admin/agents');
    await user.click(await screen.findByRole('button', { name: 'Drain' }));
    const dialog = within(await screen.findByRole('dialog'));
    expect(dialog.getByRole('button', { name: 'Drain' })).toBeDisabled();
    await user.type(dialog.getByRole('textbox'), 'barge-1');
    await user.click(dialog.getByRole('button', { name: 'Drain' }));
    expect(await screen.findByText('Draining')).toBeVisible();
  });

  it('removes one that takes no work, and says why it may not', async () => {
    const world = new World();
    world.agents = [makeAgent({ state: 'draining', running: 2 }), makeAgent({ name: 'attic', alive: false, running: 0 })];
    const { user } = renderApp(world, '/admin/agents');
    const [busy, silent] = await screen.findAllByRole('button', { name: 'Remove' });
    if (!busy || !silent) throw new Error('a button is missing');
    await user.click(busy);
    await user.type(await screen.findByRole('textbox'), 'barge-1{Enter}');
    expect(await screen.findByText(/2 jobs run on barge-1/)).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Keep it as it is' }));
    await user.click(silent);
    await user.type(await screen.findByRole('textbox'), 'attic{Enter}');
    expect(await screen.findByText('attic is removed.')).toBeVisible();
    expect(screen.queryByRole('heading', { name: 'attic' })).not.toBeInTheDocument();
  });

  it('shows the command for a new agent', async () => {
    const { user } = renderApp(new World(), '/admin/agents');
    await screen.findByText('No agent yet');
    const [add] = screen.getAllByRole('button', { name: 'Add an agent' });
    if (add) await user.click(add);
    await user.type(await screen.findByLabelText('Name'), 'cellar');
    await user.click(screen.getByRole('button', { name: 'Make the command' }));
    expect(await screen.findByText(/agent --name cellar/)).toBeVisible();
  });

  it('are no page for others', async () => {
    const world = new World();
    world.me = makeMe({ role: 'user' });
    renderApp(world, '/admin/agents');
    expect(await screen.findByRole('heading', { name: 'Page not found' })).toBeVisible();
    expect(screen.queryByRole('link', { name: 'Agents' })).not.toBeInTheDocument();
  });
});

it('shows a page for addresses that lead nowhere', async () => {
  renderApp(new World(), '/nowhere');
  expect(await screen.findByText('This address leads nowhere.')).toBeVisible();
});
