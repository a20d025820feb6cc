import { screen, within } from '@testing-library/react';
import { makeInvitation, makeUser } from '@test/admin';
import { makeMe, moment } from '@test/fixtures';
import { renderApp } from '@test/render-app';
import { confirmedAdmin, type World } from '@test/world';
import { describe, expect, it } from 'vitest';

function people(): World {
  const world = confirmedAdmin();
  const me = makeMe();
  world.me = me;
  world.admin.users = [
    makeUser({ id: me.id, email: me.email, role: 'admin', secondFactor: true, planName: 'Unlimited', plan: 'unlimited', storageLimit: null }),
    makeUser({ email: 'grace@example.org', createdAt: moment(-1_000) }),
    makeUser({ email: 'old@example.org', state: 'disabled', disabledAt: moment(-10), lastSignInAt: null }),
  ];
  return world;
}

async function act(user: ReturnType<typeof renderApp>['user'], email: string, name: string) {
  await user.click(await screen.findByRole('button', { name: `Actions for ${email}` }));
  await user.click(await screen.findByRole('menuitem', { name }));
  return within(await screen.findByRole('dialog'));
}

describe('the accounts', () => {
  it('show what each has and uses', async () => {
    renderApp(people(), '/admin/users');
    const row = (await screen.findByText('grace@example.org')).closest<HTMLElement>('[role="listitem"]');
    expect(row).toHaveTextContent(/Free.*12\.0 GiB of 20\.0 GiB.*Running 1.*Off.*2 hours ago/);
    const mine = screen.getByText('ada@example.org').closest('[role="listitem"]');
    expect(mine).toHaveTextContent(/Admin.*you.*12\.0 GiB used.*On/);
    expect(screen.getByText('old@example.org').closest('[role="listitem"]')).toHaveTextContent(/Disabled.*never/);
    expect(screen.getByText('3 accounts')).toBeVisible();
    expect(screen.getByRole('link', { name: 'Users' })).toHaveAttribute('aria-current', 'page');
    expect(screen.getByRole('link', { name: 'Admin' })).toHaveAttribute('data-status', 'active');
  });

  it('are searched, filtered and sorted by the server', async () => {
    const world = people();
    const { user, router } = renderApp(world, '/admin/users');
    await user.type(await screen.findByRole('searchbox'), 'old');
    await user.selectOptions(screen.getByRole('combobox', { name: 'State' }), 'Disabled');
    await user.selectOptions(screen.getByRole('combobox', { name: 'Order' }), 'Most storage first');
    expect(await screen.findByText('1 account')).toBeVisible();
    expect(screen.queryByText('grace@example.org')).not.toBeInTheDocument();
    expect(world.admin.asked.at(-1)).toBe('?q=old&state=disabled&sort=-storage&limit=50');
    expect(router.state.location.search).toEqual({ q: 'old', state: 'disabled', sort: '-storage' });
    await user.selectOptions(screen.getByRole('combobox', { name: 'Role' }), 'Admins');
    await user.click(await screen.findByRole('button', { name: 'Show all accounts' }));
    expect(await screen.findByText('3 accounts')).toBeVisible();
  });

  it('are disabled only after the address is typed', async () => {
    const world = people();
    const { user } = renderApp(world, '/admin/users');
    const dialog = await act(user, 'grace@example.org', 'Disable');
    expect(dialog.getByText(/signed out everywhere/)).toBeVisible();
    expect(dialog.getByRole('button', { name: 'Disable' })).toBeDisabled();
    await user.type(dialog.getByRole('textbox'), 'grace@example.org{Enter}');
    expect(await screen.findByText('Disabled grace@example.org.')).toBeVisible();
    expect(world.admin.users[1]?.state).toBe('disabled');
    await user.click(await screen.findByRole('button', { name: 'Actions for grace@example.org' }));
    expect(await screen.findByRole('menuitem', { name: 'Enable' })).toBeVisible();
  });

  it('keep their last admin, and say why', async () => {
    const world = people();
    const { user } = renderApp(world, '/admin/users');
    const dialog = await act(user, 'ada@example.org', 'Disable');
    expect(dialog.getByText(/your own account/)).toBeVisible();
    await user.type(dialog.getByRole('textbox'), 'ada@example.org{Enter}');
    expect(await dialog.findByText(/last admin/)).toBeVisible();
    expect(world.admin.users[0]?.state).toBe('active');
  });

  it('become admin after the password is confirmed', async () => {
    const world = people();
    world.fresh = false;
    const { user } = renderApp(world, '/admin/users');
    const dialog = await act(user, 'grace@example.org', 'Make admin');
    await user.type(dialog.getByRole('textbox'), 'grace@example.org{Enter}');
    await user.type(await screen.findByLabelText('Password'), world.password);
    await user.click(screen.getByRole('button', { name: 'Confirm' }));
    expect(await screen.findByText('grace@example.org is now an admin.')).toBeVisible();
    expect(world.admin.users[1]?.role).toBe('admin');
  });

  it('get another plan', async () => {
    const world = people();
    const { user } = renderApp(world, '/admin/users');
    const dialog = await act(user, 'grace@example.org', 'Change plan');
    expect(await dialog.findByRole('radio', { name: /Free/ })).toBeChecked();
    await user.click(dialog.getByRole('radio', { name: /Pro/ }));
    await user.click(dialog.getByRole('button', { name: 'Change plan' }));
    expect(await screen.findByText('grace@example.org is now on the Pro plan.')).toBeVisible();
    expect(world.changes.at(-1)).toMatch(/PUT \/admin\/users\/.*\/plan \{"plan":"pro"\}/);
  });

  it('have no page for other users', async () => {
    const world = people();
    world.me = makeMe({ role: 'user' });
    renderApp(world, '/admin/users');
    expect(await screen.findByRole('heading', { name: 'Page not found' })).toBeVisible();
    expect(screen.queryByRole('link', { name: 'Admin' })).not.toBeInTheDocument();
  });
});

describe('invitations', () => {
  it('are created, shown once and withdrawn', async () => {
    const world = people();
    world.admin.invitations = [makeInvitation()];
    const { user } = renderApp(world, '/admin/users/invitations');
    await user.click(await screen.findByRole('button', { name: 'Withdraw the invitation for linus@example.org' }));
    expect(await screen.findByText('No open invitations')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Invite' }));
    await user.type(await screen.findByLabelText('E-mail address'), 'no address{Enter}');
    expect(await screen.findByText(/This isn't an e-mail address/)).toBeVisible();
    await user.clear(screen.getByLabelText('E-mail address'));
    await user.type(screen.getByLabelText('E-mail address'), 'grace@example.org{Enter}');
    expect(await screen.findByText('There is already an account with this e-mail address.')).toBeVisible();
    await user.clear(screen.getByLabelText('E-mail address'));
    await user.type(screen.getByLabelText('E-mail address'), 'kay@example.org{Enter}');
    expect(await screen.findByText('https://longhaul.test/register?invitation=a-secret')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Done' }));
    expect(await screen.findByText('kay@example.org')).toBeVisible();
  });

  it('share a page with the registration mode', async () => {
    const world = people();
    const { user } = renderApp(world, '/admin/users/invitations');
    await user.click(await screen.findByRole('radio', { name: 'Closed' }));
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Change' }));
    expect(await screen.findByText('Registration: closed.')).toBeVisible();
    expect(await screen.findByRole('radio', { name: 'Closed' })).toBeChecked();
  });
});
