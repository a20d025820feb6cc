import { screen, within } from '@testing-library/react';
import { makeAuditEntry, makeUser } from '@test/admin';
import { makeMe, makeUsage, moment } from '@test/fixtures';
import { makeMore } from '@test/people';
import { renderApp } from '@test/render-app';
import { confirmedAdmin, type World } from '@test/world';
import { describe, expect, it } from 'vitest';

function people(): { world: World; path: string; id: string } {
  const world = confirmedAdmin();
  const me = makeMe();
  world.me = me;
  const grace = makeUser({ email: 'grace@example.org', secondFactor: true });
  world.admin.users = [makeUser({ id: me.id, email: me.email, role: 'admin', secondFactor: true, plan: 'unlimited', planName: 'Unlimited', storageLimit: null }), grace];
  world.admin.audit = [makeAuditEntry(1, { targetId: grace.id })];
  return { world, path: `/admin/users/${grace.id}`, id: grace.id };
}

describe('the page of an account', () => {
  it('shows what it uses, and leads there from the list', async () => {
    const { world } = people();
    const { user } = renderApp(world, '/admin/users');
    await user.click(await screen.findByRole('link', { name: 'grace@example.org' }));
    expect(await screen.findByText(/12\.0 GiB of 20\.0 GiB/)).toBeVisible();
    expect(await screen.findByText(/Second factors: an authenticator app and 1 passkey/)).toBeVisible();
    expect(screen.getByRole('link', { name: '14 downloads' })).toHaveAttribute('href', '/admin/jobs?user=grace%40example.org');
    expect(await screen.findByText('Disabled an account')).toBeVisible();
    await user.click(screen.getByRole('radio', { name: 'Security events' }));
    expect(await screen.findByText(/sign-ins and refused requests/)).toBeVisible();
  });

  it('gives it limits of its own, and takes them away', async () => {
    const { world, path, id } = people();
    const { user } = renderApp(world, path);
    await user.click(await screen.findByRole('button', { name: 'Give own limits' }));
    const dialog = within(await screen.findByRole('dialog'));
    await user.click(dialog.getByRole('button', { name: 'Save' }));
    expect(dialog.getByRole('alert')).toHaveTextContent('Choose at least one limit');
    await user.selectOptions(dialog.getByRole('combobox', { name: 'Storage' }), 'Other');
    await user.selectOptions(dialog.getByRole('combobox', { name: 'Files in total' }), 'No limit');
    await user.type(dialog.getByRole('textbox', { name: 'Storage (GiB)' }), '40');
    await user.type(dialog.getByRole('textbox', { name: /Reason/ }), 'Moving house');
    await user.type(dialog.getByLabelText(/Until/), '2099-12-31');
    await user.click(dialog.getByRole('button', { name: 'Save' }));
    expect(await screen.findByText(/own until the end of Dec 31, 2099: Moving house/)).toBeVisible();
    expect(world.admin.people.more.get(id)?.override?.limits).toEqual([{ limit: 'storageBytes', value: 40 * 1024 ** 3 }, { limit: 'maxFiles', value: null }]);
    expect(await screen.findByText(/12\.0 GiB of 40\.0 GiB/)).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Remove own limits' }));
    expect(await screen.findByText(/12\.0 GiB of 20\.0 GiB/)).toBeVisible();
  });

  it('binds it to a pool of agents, and leaves that to its plan again', async () => {
    const { world, path } = people();
    world.admin.plans = world.admin.plans.map((plan) => ({ ...plan, agentPool: 'slow' }));
    const { user } = renderApp(world, path);
    const save = async (text: string) => {
      await user.click(await screen.findByRole('button', { name: 'Change pool' }));
      const dialog = within(await screen.findByRole('dialog'));
      await user.clear(dialog.getByLabelText('Pool'));
      if (text !== '') await user.type(dialog.getByLabelText('Pool'), text);
      await user.click(dialog.getByRole('button', { name: 'Save' }));
    };
    expect(await screen.findByText('Agents of the pool slow serve it, as its plan says.')).toBeVisible();
    await save('fast');
    expect(await screen.findByText('Agents of the pool fast serve it, whatever its plan says.')).toBeVisible();
    await save('');
    expect(await screen.findByText('Agents of the pool slow serve it, as its plan says.')).toBeVisible();
    expect(world.changes.filter((change) => change.includes('/pool')).map((change) => change.split(' ')[0])).toEqual(['PUT', 'DELETE']);
  });

  it('ends a session, revokes a token and sends a reset', async () => {
    const { world, path, id } = people();
    const { user } = renderApp(world, path);
    await user.click(await screen.findByRole('button', { name: 'End the session on Command line' }));
    expect(await screen.findByText(/Ended the session/)).toBeVisible();
    await user.click(screen.getByRole('button', { name: /Revoke the token/ }));
    expect(await screen.findByText('No tokens.')).toBeVisible();
    expect(world.admin.people.more.get(id)?.sessions).toHaveLength(1);
    await user.click(screen.getByRole('button', { name: 'Send password reset' }));
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Send' }));
    expect(await screen.findByText(/Mailed grace@example.org a link/)).toBeVisible();
    expect(world.admin.people.done).toEqual(['reset grace@example.org']);
  });

  it('shows what was done at once', async () => {
    const { world, path, id } = people();
    const { user } = renderApp(world, path);
    expect(await screen.findByText('Disabled an account')).toBeVisible();
    world.admin.audit = [makeAuditEntry(2, { action: 'user.send_reset', targetId: id }), ...world.admin.audit];
    await user.click(screen.getByRole('button', { name: 'Send password reset' }));
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Send' }));
    expect(await screen.findByText('Sent a password reset')).toBeVisible();
  });

  it('resets a lost second factor only with a reason and the address', async () => {
    const { world, path } = people();
    const { user } = renderApp(world, path);
    await user.click(await screen.findByRole('button', { name: 'Reset second factor' }));
    const dialog = within(await screen.findByRole('dialog'));
    expect(dialog.getByText(/the password alone signs in/)).toBeVisible();
    await user.type(dialog.getByRole('textbox', { name: /How do you know/ }), 'Showed a passport');
    expect(dialog.getByRole('button', { name: 'Reset second factor' })).toBeDisabled();
    await user.type(dialog.getByRole('textbox', { name: /Type grace/ }), 'grace@example.org{Enter}');
    expect(await screen.findByText(/No second factor: the password alone/)).toBeVisible();
  });

  it('forgets a reason that was typed for another account', async () => {
    const { world } = people();
    world.admin.users.push(makeUser({ email: 'linus@example.org', secondFactor: true }));
    const { user } = renderApp(world, '/admin/users');
    const ask = async (email: string) => {
      await user.click(await screen.findByRole('button', { name: `Actions for ${email}` }));
      await user.click(await screen.findByRole('menuitem', { name: 'Reset second factor' }));
      return within(await screen.findByRole('dialog'));
    };
    const first = await ask('grace@example.org');
    await user.type(first.getByRole('textbox', { name: /How do you know/ }), 'Called her.');
    await user.click(first.getByRole('button', { name: 'Cancel' }));
    const second = await ask('linus@example.org');
    expect(second.getByRole('textbox', { name: /How do you know/ })).toHaveValue('');
  });

  it('is not found once it is gone', async () => {
    renderApp(people().world, '/admin/users/00000000-0000-4000-8000-000000000000');
    expect(await screen.findByRole('heading', { name: 'Account not found' })).toBeVisible();
  });

  it('deletes it with everything, and returns to the list', async () => {
    const { world, path } = people();
    const { user, router } = renderApp(world, path);
    await user.click(await screen.findByRole('button', { name: 'Actions for grace@example.org' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Delete account' }));
    await user.type(within(await screen.findByRole('dialog')).getByRole('textbox'), 'grace@example.org{Enter}');
    expect(await screen.findByText('Deleted grace@example.org.')).toBeVisible();
    expect(router.state.location.pathname).toBe('/admin/users');
  });

  it("does not offer an admin what they can't do to themselves", async () => {
    const { world } = people();
    const { user } = renderApp(world, `/admin/users/${world.me?.id ?? ''}`);
    await user.click(await screen.findByRole('button', { name: /Actions for/ }));
    expect(await screen.findByRole('menuitem', { name: 'Change plan' })).toBeVisible();
    expect(screen.queryByRole('menuitem', { name: 'Delete account' })).not.toBeInTheDocument();
    expect(screen.queryByRole('menuitem', { name: 'Reset second factor' })).not.toBeInTheDocument();
  });
});

describe('the plans', () => {
  it('limit the speed of a download, within what it can be', async () => {
    const { world } = people();
    const { user } = renderApp(world, '/admin/users/plans');
    expect(await screen.findByText('2.5 MiB/s')).toBeVisible();
    await user.click(await screen.findByRole('button', { name: 'Edit the Pro plan' }));
    const dialog = within(await screen.findByRole('dialog'));
    const speed = dialog.getByRole('textbox', { name: 'Speed per download (MiB/s)' });
    await user.type(speed, '0.06');
    await user.click(dialog.getByRole('button', { name: 'Save' }));
    expect(await dialog.findByText(/Enter 0\.0625 MiB\/s or more/)).toBeVisible();
    await user.clear(speed);
    await user.type(speed, '1.5');
    await user.click(dialog.getByRole('button', { name: 'Save' }));
    expect(await screen.findByText('Changed the Pro plan.')).toBeVisible();
    expect(world.admin.plans.find(({ id }) => id === 'pro')?.rateLimit).toBe(1_572_864);
  });

  it('are added, changed with a warning, and retired', async () => {
    const { world } = people();
    const { user } = renderApp(world, '/admin/users/plans');
    await user.click(await screen.findByRole('button', { name: 'Add plan' }));
    let dialog = within(await screen.findByRole('dialog'));
    await user.click(dialog.getByRole('button', { name: 'Add' }));
    expect(dialog.getByText('Enter a name.')).toBeVisible();
    await user.type(dialog.getByRole('textbox', { name: /Name/ }), 'Команда');
    expect(dialog.getByText('Use at least one letter from A to Z.')).toBeVisible();
    await user.clear(dialog.getByRole('textbox', { name: /Name/ }));
    await user.type(dialog.getByRole('textbox', { name: /Name/ }), 'Team 5');
    await user.type(dialog.getByRole('textbox', { name: 'Storage (GiB)' }), 'much');
    await user.click(dialog.getByRole('button', { name: 'Add' }));
    expect(await dialog.findByText(/Enter a number of GiB/)).toBeVisible();
    await user.clear(dialog.getByRole('textbox', { name: 'Storage (GiB)' }));
    await user.type(dialog.getByRole('textbox', { name: 'Storage (GiB)' }), '50');
    await user.click(dialog.getByRole('button', { name: 'Add' }));
    expect(await screen.findByText('Added the Team 5 plan.')).toBeVisible();
    expect(world.admin.plans.find(({ id }) => id === 'team-5')?.storageBytes).toBe(50 * 1024 ** 3);

    await user.click(await screen.findByRole('button', { name: 'Edit the Free plan' }));
    dialog = within(await screen.findByRole('dialog'));
    expect(dialog.getByRole('textbox', { name: 'Speed per download (MiB/s)' })).toHaveValue('2.5');
    await user.clear(dialog.getByRole('textbox', { name: 'Storage (GiB)' }));
    await user.type(dialog.getByRole('textbox', { name: 'Storage (GiB)' }), '5');
    expect(await dialog.findByText(/1 account stores more than that/)).toBeVisible();
    await user.type(dialog.getByRole('textbox', { name: 'Pool of agents' }), 'Fast');
    expect(dialog.getByText(/^Use lower-case letters/)).toBeVisible();
    await user.clear(dialog.getByRole('textbox', { name: 'Pool of agents' }));
    await user.type(dialog.getByRole('textbox', { name: 'Pool of agents' }), 'fast');
    await user.click(dialog.getByRole('button', { name: 'Save' }));
    expect(await screen.findByText('Changed the Free plan.')).toBeVisible();
    expect(await screen.findByText('fast')).toBeVisible();

    await user.click(await screen.findByRole('button', { name: 'Retire the Team 5 plan' }));
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Retire' }));
    expect(await screen.findByText('Retired the Team 5 plan.')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Retire the Free plan' })).not.toBeInTheDocument();
  });

  it('say when another admin was faster', async () => {
    const { world } = people();
    const { user } = renderApp(world, '/admin/users/plans');
    await user.click(await screen.findByRole('button', { name: 'Edit the Pro plan' }));
    world.admin.plans = world.admin.plans.map((plan) => ({ ...plan, version: plan.version + 1 }));
    const dialog = within(await screen.findByRole('dialog'));
    await user.click(dialog.getByRole('button', { name: 'Save' }));
    expect(await dialog.findByText(/changed since you opened it/)).toBeVisible();
  });

  it('move their accounts to another plan', async () => {
    const { world } = people();
    const { user } = renderApp(world, '/admin/users/plans');
    await user.click(await screen.findByRole('button', { name: 'Move accounts of the Free plan' }));
    const dialog = within(await screen.findByRole('dialog'));
    await user.selectOptions(dialog.getByRole('combobox', { name: 'New plan' }), 'Pro');
    await user.click(dialog.getByRole('button', { name: 'Change plan' }));
    expect(await screen.findByText('1 account moved to the Pro plan.')).toBeVisible();
    expect(world.admin.users[1]?.plan).toBe('pro');
  });
});

it('tells the owner which limits differ, and until when', async () => {
  const world = confirmedAdmin();
  world.usage = makeUsage({ override: { limits: [{ limit: 'storageBytes', value: 20 * 1024 ** 3 }], until: moment(86_400) } });
  renderApp(world, '/usage');
  expect(await screen.findByText(/you have limits of your own: storage 20\.0 GiB\./)).toBeVisible();
});

it('shows an account without anything to sign in with', async () => {
  const { world, path, id } = people();
  world.admin.people.more.set(id, makeMore({ factors: { totp: false, passkeys: [], recoveryCodes: 0 }, sessions: [], apiTokens: [] }));
  renderApp(world, path);
  expect(await screen.findByText('Not signed in anywhere.')).toBeVisible();
});
