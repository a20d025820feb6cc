import { screen, within } from '@testing-library/react';
import { makeFinding } from '@test/overview';
import { renderApp } from '@test/render-app';
import { confirmedAdmin } from '@test/world';
import { beforeEach, describe, expect, it } from 'vitest';

describe('the checklist of a new installation', () => {
  beforeEach(() => localStorage.removeItem('longhaul-dismissed-checklist'));

  it('says what is left, leads there, and stays hidden once it is closed', async () => {
    const world = confirmedAdmin();
    world.overview.overview.warnings = [makeFinding({ component: 'api', cause: 'legal_unnamed', target: 'OPERATOR_NAME', what: 'x', advice: 'y', page: '/terms' })];
    const { user, unmount } = renderApp(world, '/admin');
    const list = within(await screen.findByRole('region', { name: 'Before you let users in' }));
    expect(list.getByText(/Name yourself on the legal pages/)).toBeVisible();
    expect(list.getByRole('link', { name: 'Terms' })).toHaveAttribute('href', '/terms');
    expect(list.getByText('Mail is sent')).toBeVisible();
    await user.click(list.getByRole('button', { name: 'Hide this list' }));
    expect(screen.queryByRole('region', { name: 'Before you let users in' })).not.toBeInTheDocument();
    unmount();
    renderApp(world, '/admin');
    await screen.findByRole('list', { name: 'Health' });
    expect(screen.queryByRole('region', { name: 'Before you let users in' })).not.toBeInTheDocument();
  });
});
