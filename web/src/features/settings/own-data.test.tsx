import { screen, within } from '@testing-library/react';
import { makeMe } from '@test/fixtures';
import { makeOwnNotice } from '@test/notices';
import { renderApp } from '@test/render-app';
import { World } from '@test/world';
import { describe, expect, it } from 'vitest';

function signedIn(): World {
  const world = new World();
  world.me = makeMe();
  world.fresh = true;
  return world;
}

describe('a copy of the own data', () => {
  it('is asked for, and downloaded when it is ready', async () => {
    const world = signedIn();
    const { user, queryClient } = renderApp(world, '/settings');
    await user.click(await screen.findByRole('button', { name: 'Request your data' }));
    const list = within(await screen.findByRole('list', { name: 'Exports' }));
    expect(list.getByText('Collecting your data')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Request your data' })).toBeNull();
    world.exports.finish();
    await queryClient.invalidateQueries({ queryKey: ['exports'] });
    expect(await list.findByRole('link', { name: 'Download' })).toHaveAttribute('href', `/api/v1/me/exports/${world.exports.list[0]?.id ?? ''}/zip`);
  });
});

describe('own strikes', () => {
  it('say how many count, until when, and what follows', async () => {
    const world = signedIn();
    world.notices.own = [makeOwnNotice(), makeOwnNotice({ strike: { counts: false, createdAt: '2026-01-01T00:00:00Z', expiresAt: '2027-01-01T00:00:00Z', why: 'a mistake' } })];
    renderApp(world, '/notices');
    const strikes = within(await screen.findByRole('region', { name: 'Strikes' }));
    expect(strikes.getByText('1 strike counts against your account.')).toBeVisible();
    expect(strikes.getByText(/With 3 strikes, you can’t add downloads. With 6 strikes, your account is disabled./)).toBeVisible();
    expect(screen.getByText(/^counts until/)).toBeVisible();
    expect(screen.getByText('no longer counts: a mistake')).toBeVisible();
  });
});
