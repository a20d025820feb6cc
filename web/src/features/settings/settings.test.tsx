import { screen, waitFor, within } from '@testing-library/react';
import type { UserEvent } from '@testing-library/user-event';
import { FakeEventSource } from '@test/event-source';
import { makeMe, makeSession, makeToken } from '@test/fixtures';
import { server } from '@test/msw';
import { renderApp } from '@test/render-app';
import { World } from '@test/world';
import { http, HttpResponse } from 'msw';
import { describe, expect, it, vi } from 'vitest';

import { readFarewell } from '@/lib/farewell';

async function confirmWith(user: UserEvent, password: string) {
  const dialog = within(await screen.findByRole('dialog', { name: "Confirm it's you" }));
  await user.type(dialog.getByLabelText('Password'), password);
  await user.click(dialog.getByRole('button', { name: 'Confirm' }));
}

describe('sessions', () => {
  function twoSessions() {
    const world = new World();
    world.sessions = [makeSession({ current: true, userAgent: 'Mozilla/5.0 (X11; Linux) Chrome/142' }), makeSession(), makeSession({ userAgent: 'curl/8' })];
    return world;
  }

  it("are listed, and any but this browser's can be ended", async () => {
    const world = twoSessions();
    const { user } = renderApp(world, '/settings');
    const list = within(await screen.findByRole('list', { name: 'Sessions' }));
    expect(list.getAllByRole('button')).toHaveLength(2);
    await user.click(list.getByRole('button', { name: 'End the session on Firefox on Linux' }));
    await waitFor(() => expect(screen.queryByText('Firefox on Linux')).not.toBeInTheDocument());
    expect(world.sessions).toHaveLength(2);
  });

  it("all end but this browser's", async () => {
    const world = twoSessions();
    const { user } = renderApp(world, '/settings');
    await user.click(await screen.findByRole('button', { name: 'End all others' }));
    await waitFor(() => expect(world.sessions).toHaveLength(1));
    expect(await screen.findByText('Chrome on Linux')).toBeVisible();
    expect(world.changes).toEqual(['DELETE /auth/sessions/others']);
  });

  it('that end elsewhere open the sign-in page as soon as the stream breaks', async () => {
    const world = new World();
    const { queryClient, router } = renderApp(world, '/settings');
    await screen.findByRole('heading', { name: 'Settings' });
    world.me = null;
    FakeEventSource.latest().fail(false);
    await waitFor(() => expect(queryClient.getQueryData(['me'])).toBeNull());
    expect(await screen.findByRole('heading', { name: 'Sign in' })).toBeVisible();
    expect(screen.getByText(/ended elsewhere/)).toBeVisible();
    // It is shown once.
    await router.navigate({ to: '/reset' });
    await router.navigate({ to: '/login', search: { next: '' } });
    expect(await screen.findByRole('heading', { name: 'Sign in' })).toBeVisible();
    expect(screen.queryByText(/ended elsewhere/)).not.toBeInTheDocument();
  });

  it("show the first few, this browser's on top, and all on request", async () => {
    const world = new World();
    world.sessions = [...Array.from({ length: 39 }, () => makeSession()), makeSession({ current: true, userAgent: 'curl/8' })];
    const { user } = renderApp(world, '/settings');
    const list = within(await screen.findByRole('list', { name: 'Sessions' }));
    expect(list.getAllByRole('listitem')).toHaveLength(8);
    expect(list.getAllByRole('listitem')[0]).toHaveTextContent('this browser');
    await user.click(screen.getByRole('button', { name: 'Show all 40' }));
    expect(list.getAllByRole('listitem')).toHaveLength(40);
  });
});

describe('a change that can take the account over', () => {
  it('asks for the password, marks a wrong one, and continues with the right one', async () => {
    const world = new World();
    const { user } = renderApp(world, '/settings');
    await user.click(await screen.findByRole('button', { name: 'Change password' }));
    await user.type(await screen.findByLabelText('New password'), 'a quiet lantern over the harbour');
    await user.click(screen.getByRole('button', { name: 'Set password' }));
    await confirmWith(user, 'wrong');
    expect(await screen.findByText('The password is wrong.')).toBeVisible();
    await user.clear(screen.getByLabelText('Password'));
    await confirmWith(user, world.password);
    expect(await screen.findByText(/Password changed/)).toBeVisible();
    expect(world.changes.filter((change) => change.startsWith('PUT /me/password'))).toHaveLength(2);
  });

  it('changes nothing without an answer', async () => {
    const world = new World();
    const { user } = renderApp(world, '/settings');
    await user.click(await screen.findByRole('button', { name: 'Change address' }));
    await user.type(await screen.findByLabelText('New address'), 'ada@example.net');
    await user.click(screen.getByRole('button', { name: 'Send link' }));
    await user.click(within(await screen.findByRole('dialog', { name: "Confirm it's you" })).getByRole('button', { name: 'Cancel' }));
    expect(await screen.findByText(/Nothing changed/)).toBeVisible();
  });

  it('closes only the question on Escape and keeps the form', async () => {
    const world = new World();
    const { user } = renderApp(world, '/settings');
    await user.click(await screen.findByRole('button', { name: 'Change address' }));
    await user.type(await screen.findByLabelText('New address'), 'ada@example.net{Enter}');
    await screen.findByRole('dialog', { name: "Confirm it's you" });
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog', { name: "Confirm it's you" })).not.toBeInTheDocument());
    expect(screen.getByLabelText('New address')).toHaveValue('ada@example.net');
  });

  it('changes the address with a link', async () => {
    const world = new World();
    world.fresh = true;
    const { user } = renderApp(world, '/settings');
    await user.click(await screen.findByRole('button', { name: 'Change address' }));
    await user.type(await screen.findByLabelText('New address'), 'ada@example.net');
    await user.click(screen.getByRole('button', { name: 'Send link' }));
    expect(await screen.findByText(/We sent a link to/)).toBeVisible();
  });
});

describe('two-step sign-in', () => {
  it('is set up with a first code, and shows the recovery codes once', async () => {
    const world = new World();
    const { user } = renderApp(world, '/settings');
    await user.click(await screen.findByRole('button', { name: 'Turn on' }));
    await confirmWith(user, world.password);
    expect(await screen.findByRole('img', { name: /QR code/ })).toBeVisible();
    await user.type(screen.getByLabelText('Code'), `${world.code}{Enter}`);
    expect(await screen.findByLabelText('Recovery codes')).toHaveTextContent('k7qd-1000-mw2x');
    await user.click(screen.getByRole('button', { name: "I've saved them" }));
    expect(await screen.findByText(/10 recovery codes left/)).toBeVisible();
  });

  it('shows as on after the recovery codes are closed', async () => {
    const world = new World();
    world.fresh = true;
    const { user } = renderApp(world, '/settings');
    await user.click(await screen.findByRole('button', { name: 'Turn on' }));
    await user.type(await screen.findByLabelText('Code'), `${world.code}{Enter}`);
    const dialog = within(await screen.findByRole('dialog', { name: 'Your recovery codes' }));
    await user.click(dialog.getByRole('button', { name: 'Close' }));
    expect(await screen.findByText(/10 recovery codes left/)).toBeVisible();
    expect(world.changes.filter((change) => change.startsWith('POST /auth/totp'))).toHaveLength(2);
  });

  it('is turned off after a confirmation', async () => {
    const world = new World();
    world.fresh = true;
    world.totp = { enabled: true, required: false, recoveryCodesLeft: 2 };
    const { user } = renderApp(world, '/settings');
    await user.click(await screen.findByRole('button', { name: 'Turn off' }));
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Turn off' }));
    expect(await screen.findByRole('button', { name: 'Turn on' })).toBeVisible();
    expect(world.totp.enabled).toBe(false);
  });

  it('comes first for an admin who needs it', async () => {
    const world = new World();
    world.me = makeMe({ secondFactorRequired: true });
    world.totp = { enabled: false, required: true, recoveryCodesLeft: 0 };
    world.fresh = true;
    const { user } = renderApp(world, '/');
    expect(await screen.findByRole('heading', { name: 'One more step' })).toBeVisible();
    await user.click(await screen.findByRole('button', { name: 'Turn on' }));
    await user.type(await screen.findByLabelText('Code'), `${world.code}{Enter}`);
    await user.click(await screen.findByRole('button', { name: "I've saved them" }));
    expect(await screen.findByText('No downloads yet')).toBeVisible();
  });
});

describe('API tokens', () => {
  it('are created with chosen permissions and shown once', async () => {
    const world = new World();
    world.fresh = true;
    const { user } = renderApp(world, '/settings');
    await user.click(await screen.findByRole('button', { name: 'New token' }));
    await user.type(await screen.findByLabelText('Name'), 'laptop');
    await user.click(screen.getByLabelText('Add, stop and delete downloads'));
    await user.selectOptions(screen.getByLabelText('Expires after'), '30');
    await user.click(screen.getByRole('button', { name: 'Create token' }));
    expect(await screen.findByLabelText('API token')).toHaveTextContent(/^lh_/);
    expect(world.changes).toEqual(['POST /auth/tokens {"name":"laptop","scopes":["jobs:read","files:read"],"expiresInDays":30}']);
    await user.click(screen.getByRole('button', { name: 'Done' }));
    expect(await screen.findByText('never used')).toBeVisible();
    expect(screen.queryByLabelText('API token')).not.toBeInTheDocument();
  });

  it('with the admin permission are offered to admins only', async () => {
    const world = new World();
    world.me = makeMe({ role: 'user' });
    const { user } = renderApp(world, '/settings');
    await user.click(await screen.findByRole('button', { name: 'New token' }));
    await screen.findByLabelText('Name');
    expect(screen.queryByLabelText('Administer this installation')).not.toBeInTheDocument();
  });

  it('are revoked', async () => {
    const world = new World();
    world.tokens = [makeToken()];
    const { user } = renderApp(world, '/settings');
    await user.click(await screen.findByRole('button', { name: 'Revoke the token laptop' }));
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Revoke' }));
    expect(await screen.findByText('No tokens yet.')).toBeVisible();
  });
});

it('deletes the account only after its address is typed, and says so on the sign-in page', async () => {
  const world = new World();
  world.fresh = true;
  const { user, unmount } = renderApp(world, '/settings');
  await user.click(await screen.findByRole('button', { name: 'Delete account' }));
  const dialog = within(await screen.findByRole('dialog'));
  expect(dialog.getByRole('button', { name: 'Delete everything' })).toBeDisabled();
  await user.type(dialog.getByRole('textbox'), 'ada@example.org');
  await user.click(dialog.getByRole('button', { name: 'Delete everything' }));
  await waitFor(() => expect(world.changes).toEqual(['POST /me/delete {"email":"ada@example.org"}']));
  await waitFor(() => expect(readFarewell()).toBe('deleted'));
  unmount();
  renderApp(world, '/login');
  expect(await screen.findByText('Your account has been deleted.')).toBeVisible();
});

it('stays on its page until a deletion is answered, although the stream ends before', async () => {
  const world = new World();
  world.fresh = true;
  const { user, queryClient, router } = renderApp(world, '/settings');
  await user.click(await screen.findByRole('button', { name: 'Delete account' }));
  const dialog = within(await screen.findByRole('dialog'));
  await user.type(dialog.getByRole('textbox'), 'ada@example.org');
  server.use(
    http.post('*/api/v1/me/delete', async () => {
      world.me = null;
      FakeEventSource.latest().fail(false);
      await vi.waitFor(() => expect(queryClient.getQueryData(['me'])).toBeNull());
      return new HttpResponse(null, { status: 204 });
    }),
  );
  await user.click(dialog.getByRole('button', { name: 'Delete everything' }));
  await waitFor(() => expect(readFarewell()).toBe('deleted'));
  expect(router.state.location.pathname).toBe('/settings');
});

it('keeps the chosen colour scheme', async () => {
  const { user } = renderApp(new World(), '/settings');
  await user.click(await screen.findByRole('radio', { name: 'Dark' }));
  expect(document.documentElement).toHaveAttribute('data-mantine-color-scheme', 'dark');
  expect(localStorage.getItem('longhaul-color-scheme')).toBe('dark');
  expect(document.querySelector('style')).toBeNull();
});
