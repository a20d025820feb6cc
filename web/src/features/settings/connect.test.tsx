import { screen, waitFor, within } from '@testing-library/react';
import { makeToken } from '@test/fixtures';
import { renderApp } from '@test/render-app';
import { World } from '@test/world';
import { beforeEach, describe, expect, it, vi } from 'vitest';

const leaveFor = vi.hoisted(() => vi.fn<(address: string) => void>());
vi.mock('@/lib/leave-for', () => ({ leaveFor }));

const own = 'https://ghiljdkhfeahfigdcoocoimhcghpoopn.chromiumapp.org/';
const challenge = 'A'.repeat(43);

function address(redirect: string): string {
  const search = new URLSearchParams({
    client: 'extension', name: 'Chromium on Linux', redirect_uri: redirect, state: '0123456789abcdefgh', code_challenge: challenge, scope: 'jobs:write files:read',
  });
  return `/connect?${search.toString()}`;
}

beforeEach(() => leaveFor.mockReset());

describe('connecting the extension', () => {
  it('names the device, the rights and where the answer goes, and hands it over when the user agrees and confirms who they are', async () => {
    const world = new World();
    const { user } = renderApp(world, address(own));
    const main = within(await screen.findByRole('main'));
    expect(await main.findByText('Chromium on Linux')).toBeVisible();
    expect(main.getByText('ghiljdkhfeahfigdcoocoimhcghpoopn.chromiumapp.org')).toBeVisible();
    expect(main.getByText('https://longhaul.example')).toBeVisible();
    expect(main.getAllByRole('listitem').map((item) => item.textContent)).toEqual(['Add downloads, and stop or delete them', 'Open and download your files']);
    expect(leaveFor).not.toHaveBeenCalled();
    await user.click(main.getByRole('button', { name: 'Connect' }));
    const dialog = within(await screen.findByRole('dialog', { name: "Confirm it's you" }));
    await user.type(dialog.getByLabelText('Password'), world.password);
    await user.click(dialog.getByRole('button', { name: 'Confirm' }));
    await waitFor(() => expect(leaveFor).toHaveBeenCalledWith(`${own}?code=one-time&state=0123456789abcdefgh`));
  });

  it('tells the extension when the user refuses', async () => {
    const { user } = renderApp(new World(), address(own));
    await user.click(await screen.findByRole('button', { name: 'Cancel' }));
    expect(leaveFor).toHaveBeenCalledWith(`${own}?error=access_denied&state=0123456789abcdefgh`);
  });

  it('goes nowhere for a request with another address', async () => {
    renderApp(new World(), address('https://evil.example/'));
    expect(await screen.findByText('This request can’t be connected')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Connect' })).not.toBeInTheDocument();
    expect(leaveFor).not.toHaveBeenCalled();
  });

  it('lists the device among the tokens', async () => {
    const world = new World();
    world.tokens = [makeToken({ name: 'Chromium on Linux', device: true })];
    renderApp(world, '/settings');
    const list = within(await screen.findByRole('list', { name: 'API tokens' }));
    expect(list.getByText('connected app')).toBeVisible();
    expect(list.getByRole('button', { name: 'Revoke the token Chromium on Linux' })).toBeVisible();
  });
});
