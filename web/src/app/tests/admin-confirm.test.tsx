import { screen, within } from '@testing-library/react';
import { makeInvitation, makeUser } from '@test/admin';
import { makeAgent } from '@test/fixtures';
import { renderApp } from '@test/render-app';
import { World } from '@test/world';
import { expect, it } from 'vitest';

type User = ReturnType<typeof renderApp>['user'];

const inDialog = async () => within(await screen.findByRole('dialog'));

const grace = makeUser({ email: 'grace@example.org' });

const acts: { name: string; page: string; done: RegExp; start: (user: User) => Promise<void> }[] = [
  {
    name: 'inviting',
    page: '/admin/users/invitations',
    done: /We mailed the link/,
    start: async (user) => {
      const [invite] = await screen.findAllByRole('button', { name: 'Invite' });
      if (invite) await user.click(invite);
      await user.type(await screen.findByLabelText('E-mail address'), 'linus@example.org');
      const dialog = await inDialog();
      await user.click(dialog.getByRole('button', { name: 'Invite' }));
    },
  },
  {
    name: 'withdrawing an invitation',
    page: '/admin/users/invitations',
    done: /Withdrew the invitation/,
    start: async (user) => user.click(await screen.findByRole('button', { name: /^Withdraw the invitation/ })),
  },
  {
    name: 'changing registration',
    page: '/admin/users/invitations',
    done: /Registration: closed/,
    start: async (user) => {
      await user.click(await screen.findByText('Closed'));
      await user.click(await screen.findByRole('button', { name: 'Change' }));
    },
  },
  {
    name: 'adding an agent',
    page: '/admin/agents',
    done: /agent --name cellar/,
    start: async (user) => {
      const [add] = await screen.findAllByRole('button', { name: 'Add an agent' });
      if (add) await user.click(add);
      await user.type(await screen.findByLabelText('Name'), 'cellar');
      await user.click(screen.getByRole('button', { name: 'Create command' }));
    },
  },
  {
    name: 'uncordoning an agent',
    page: '/admin/agents',
    done: /barge-1 takes work again/,
    start: async (user) => user.click(await screen.findByRole('button', { name: 'Uncordon' })),
  },
  {
    name: 'verifying a provider',
    page: '/admin/providers',
    done: /4 transfers running/,
    start: async (user) => user.click(await screen.findByRole('button', { name: 'Verify Seedr.cc' })),
  },
  {
    name: 'switching the provider',
    page: '/admin/providers',
    done: /New downloads now go to Seedr/,
    start: async (user) => {
      await user.click(await screen.findByRole('button', { name: 'Switch to Seedr.cc' }));
      await user.type(await screen.findByLabelText(/^Type/), 'seedr{Enter}');
    },
  },
  {
    name: 'giving an account own limits',
    page: `/admin/users/${grace.id}`,
    done: /has its own limits/,
    start: async (user) => {
      await user.click(await screen.findByRole('button', { name: 'Give own limits' }));
      const dialog = await inDialog();
      await user.selectOptions(dialog.getByRole('combobox', { name: 'Storage' }), 'No limit');
      await user.type(dialog.getByRole('textbox', { name: /Reason/ }), 'Moving house');
      await user.click(dialog.getByRole('button', { name: 'Save' }));
    },
  },
  {
    name: 'announcing something',
    page: '/admin/users/announcement',
    done: /^Announced/,
    start: async (user) => {
      await user.type(await screen.findByLabelText(/^Text/), 'The harbour closes at ten.');
      await user.click(screen.getByRole('button', { name: 'Announce' }));
    },
  },
];

it.each(acts)('$name asks an admin to confirm who they are, and then does it', async ({ page, done, start }) => {
  const world = new World();
  world.agents = [makeAgent({ state: 'cordoned' })];
  world.admin.invitations = [makeInvitation()];
  world.admin.users = [grace];
  const { user } = renderApp(world, page);
  await start(user);
  await user.type(await screen.findByLabelText('Password'), world.password);
  expect(screen.queryByText(done)).not.toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'Confirm' }));
  expect(await screen.findByText(done)).toBeVisible();
});
