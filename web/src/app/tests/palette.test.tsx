import { screen, waitFor, within } from '@testing-library/react';
import { makeMe, makeJob } from '@test/fixtures';
import { renderApp } from '@test/render-app';
import { World } from '@test/world';
import { describe, expect, it } from 'vitest';

function filled(): World {
  const world = new World();
  world.me = makeMe({ role: 'user' });
  world.jobs = [makeJob({ name: 'Lecture 2005' }), makeJob({ name: 'debian.iso' })];
  return world;
}

describe('the palette', () => {
  it('opens by Ctrl-K also from a text field, and leads to a page without a mouse', async () => {
    const { user, router } = renderApp(filled(), '/');
    await user.click(await screen.findByRole('searchbox'));
    await user.keyboard('{Control>}k{/Control}');
    const box = await screen.findByRole('textbox', { name: 'Search, or type a command' });
    await waitFor(() => expect(box).toHaveFocus());
    await user.keyboard('usa');
    expect(await screen.findByRole('button', { name: 'Usage' })).toBeVisible();
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Trash' })).not.toBeInTheDocument());
    await user.keyboard('{Enter}');
    await waitFor(() => expect(router.state.location.pathname).toBe('/usage'));
    expect(screen.queryByRole('textbox', { name: 'Search, or type a command' })).not.toBeInTheDocument();
  });

  it('finds downloads and files by words, once per pause, and opens them', async () => {
    const world = filled();
    const { user, router } = renderApp(world, '/usage');
    await user.click(await screen.findByRole('button', { name: 'Search and commands' }));
    const dialog = within(await screen.findByRole('dialog'));
    expect(await dialog.findByRole('button', { name: /^debian\.iso/ })).toBeVisible();
    await user.type(dialog.getByRole('textbox'), 'lecture');
    await waitFor(() => expect(dialog.queryByRole('button', { name: /^debian\.iso/ })).not.toBeInTheDocument());
    await user.click(await dialog.findByRole('button', { name: /^Lecture 2005/ }));
    await waitFor(() => expect(router.state.location.pathname).toBe(`/jobs/${world.jobs[0]?.id ?? ''}`));
  });

  it('shows pages of admins to admins alone, and says when it finds nothing', async () => {
    const { user } = renderApp(filled(), '/usage');
    await user.click(await screen.findByRole('button', { name: 'Search and commands' }));
    const dialog = within(await screen.findByRole('dialog'));
    expect(dialog.queryByRole('button', { name: 'Admin' })).not.toBeInTheDocument();
    await user.type(dialog.getByRole('textbox'), 'qqq');
    expect(await dialog.findByText('Nothing found')).toBeVisible();
  });
});
