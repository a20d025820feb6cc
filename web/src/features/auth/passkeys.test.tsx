import { screen, waitFor, within } from '@testing-library/react';
import { makePasskey } from '@test/fixtures';
import { renderApp } from '@test/render-app';
import { World } from '@test/world';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

/** A browser's passkey, as this app sees it. */
class Credential {
  static answer: () => Promise<Credential> = () => Promise.resolve(new Credential('known'));
  static parseCreationOptionsFromJSON = (options: unknown) => options;
  static parseRequestOptionsFromJSON = (options: unknown) => options;

  constructor(readonly id: string) {}

  toJSON() {
    return { id: this.id };
  }
}

beforeEach(() => {
  Credential.answer = () => Promise.resolve(new Credential('known'));
  vi.stubGlobal('PublicKeyCredential', Credential);
  const ask = () => Credential.answer();
  Object.defineProperty(navigator, 'credentials', { configurable: true, value: { create: ask, get: ask } });
});

afterEach(() => {
  Reflect.deleteProperty(globalThis, 'PublicKeyCredential');
  Reflect.deleteProperty(navigator, 'credentials');
});

it('signs in with a passkey alone', async () => {
  const world = new World();
  world.me = null;
  const { user } = renderApp(world, '/login');
  await user.click(await screen.findByRole('button', { name: 'Sign in with a passkey' }));
  expect(await screen.findByText('No downloads yet')).toBeVisible();
});

it('says when no passkey was used, and when one is refused', async () => {
  const world = new World();
  world.me = null;
  Credential.answer = () => Promise.reject(new DOMException('', 'NotAllowedError'));
  const { user } = renderApp(world, '/login');
  const button = await screen.findByRole('button', { name: 'Sign in with a passkey' });
  await user.click(button);
  expect(await screen.findByText(/No passkey was used/)).toBeVisible();
  Credential.answer = () => Promise.resolve(new Credential('removed'));
  await user.click(button);
  expect(await screen.findByText('This passkey is not known here.')).toBeVisible();
});

it('offers none where the installation has passkeys off', async () => {
  const world = new World();
  world.me = null;
  world.passkeys.list = { available: false, unavailable: 'Browsers offer passkeys only at an https address.', passkeys: [] };
  renderApp(world, '/login');
  expect(await screen.findByRole('button', { name: 'Sign in' })).toBeVisible();
  expect(screen.queryByRole('button', { name: 'Sign in with a passkey' })).toBeNull();
});

it('asks for the passkey after the password, with a recovery code as the other way', async () => {
  const world = new World();
  world.me = null;
  world.passkeys.list = { ...world.passkeys.list, passkeys: [makePasskey()] };
  const { user } = renderApp(world, '/login');
  await user.type(await screen.findByLabelText('E-mail'), 'ada@example.org');
  await user.type(screen.getByLabelText('Password'), world.password);
  await user.click(screen.getByRole('button', { name: 'Sign in' }));
  expect(await screen.findByRole('button', { name: 'Continue with a passkey' })).toHaveFocus();
  expect(screen.queryByRole('button', { name: 'Use the authenticator app' })).toBeNull();
  await user.click(screen.getByRole('button', { name: 'Use a recovery code' }));
  expect(await screen.findByLabelText('Recovery code')).toHaveFocus();
  await user.click(screen.getByRole('button', { name: 'Use a passkey' }));
  await user.click(await screen.findByRole('button', { name: 'Continue with a passkey' }));
  expect(await screen.findByText('No downloads yet')).toBeVisible();
});

it('is added with a name and recovery codes, renamed and removed', async () => {
  const world = new World();
  world.fresh = true;
  const { user } = renderApp(world, '/settings');
  await user.click(await screen.findByRole('button', { name: 'Add a passkey' }));
  const name = await screen.findByLabelText('Name');
  await user.clear(name);
  await user.type(name, 'Laptop{Enter}');
  expect(await screen.findByLabelText('Recovery codes')).toHaveTextContent('k7qd-1000-mw2x');
  await user.click(screen.getByRole('button', { name: "I've saved them" }));
  const list = await screen.findByRole('list', { name: 'Passkeys' });
  expect(within(list).getByText('Laptop')).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'Rename the passkey Laptop' }));
  await user.type(await screen.findByLabelText('Name'), ' of the workshop{Enter}');
  await user.click(await screen.findByRole('button', { name: 'Remove the passkey Laptop of the workshop' }));
  const dialog = await screen.findByRole('dialog', { name: 'Remove passkey?' });
  expect(within(dialog).getByText(/the password alone signs you in/)).toBeVisible();
  await user.click(within(dialog).getByRole('button', { name: 'Remove' }));
  expect(await screen.findByText(/No passkeys yet/)).toBeVisible();
  await waitFor(() => expect(screen.getByRole('button', { name: 'Add a passkey' })).toHaveFocus());
});

it('says why passkeys are unavailable', async () => {
  const world = new World();
  world.passkeys.list = { available: false, unavailable: 'Browsers offer passkeys only at an https address.', passkeys: [] };
  renderApp(world, '/settings');
  expect(await screen.findByText('Browsers offer passkeys only at an https address.')).toBeVisible();
  expect(screen.queryByRole('button', { name: 'Add a passkey' })).toBeNull();
});

it("confirms with a passkey that it's the owner", async () => {
  const world = new World();
  if (world.me) world.me = { ...world.me, passkey: true, secondFactor: true };
  world.passkeys.list = { ...world.passkeys.list, passkeys: [makePasskey()] };
  const { user } = renderApp(world, '/settings');
  await user.click(await screen.findByRole('button', { name: 'Remove the passkey Phone' }));
  await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Remove' }));
  await user.click(within(await screen.findByRole('dialog', { name: "Confirm it's you" })).getByRole('button', { name: 'Use a passkey' }));
  expect(await screen.findByText(/No passkeys yet/)).toBeVisible();
});
