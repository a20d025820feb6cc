import { screen, waitFor, within } from '@testing-library/react';
import { FakeEventSource } from '@test/event-source';
import { makeAnnouncement } from '@test/people';
import { renderApp } from '@test/render-app';
import { confirmedAdmin, type World } from '@test/world';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const banner = () => within(screen.getByRole('status', { name: 'Announcement' }));

function told(given: Parameters<typeof makeAnnouncement>[0] = {}): World {
  const world = confirmedAdmin();
  world.admin.people.announcement = makeAnnouncement(given);
  return world;
}

describe('the announcement', () => {
  beforeEach(() => localStorage.clear());
  afterEach(() => void vi.restoreAllMocks());

  it('shows above every page as plain text', async () => {
    renderApp(told({ text: '<b>Tonight</b>', dismissible: false }), '/usage');
    expect(await screen.findByText('<b>Tonight</b>')).toBeVisible();
    expect(banner().queryByRole('button')).not.toBeInTheDocument();
  });

  it('stays dismissed in this browser, and a new one shows', async () => {
    const world = told();
    const { user, router } = renderApp(world, '/usage');
    await user.click(await screen.findByRole('button', { name: 'Dismiss the announcement' }));
    expect(banner().queryByText(/Maintenance/)).not.toBeInTheDocument();
    expect(localStorage.getItem('longhaul-dismissed-announcement')).toBe(world.admin.people.announcement?.id);
    await router.navigate({ to: '/admin/users/announcement' });
    await user.clear(await screen.findByRole('textbox', { name: /Text/ }));
    await user.type(screen.getByRole('textbox', { name: /Text/ }), 'Postponed.');
    await user.click(screen.getByRole('button', { name: 'Replace' }));
    await waitFor(() => expect(banner().getByText('Postponed.')).toBeVisible());
  });

  it('is made and removed by an admin', async () => {
    const world = confirmedAdmin();
    const { user } = renderApp(world, '/admin/users/announcement');
    await user.click(await screen.findByRole('button', { name: 'Announce' }));
    expect(screen.getByText('Enter a text.')).toBeVisible();
    await user.type(screen.getByRole('textbox', { name: /Text/ }), 'Back at noon.');
    await user.selectOptions(screen.getByRole('combobox', { name: 'Level' }), 'Warning');
    await user.click(screen.getByRole('checkbox', { name: /sign-in page/ }));
    await user.click(screen.getByRole('button', { name: 'Announce' }));
    expect(await screen.findByText(/Shows now, until you remove it. On the sign-in page, too./)).toBeVisible();
    expect(world.admin.people.announcement).toMatchObject({ text: 'Back at noon.', level: 'warning', public: true, dismissible: true });
    await user.click(screen.getByRole('button', { name: 'Remove' }));
    expect(await screen.findByText('Removed the announcement.')).toBeVisible();
    await waitFor(() => expect(banner().queryByText('Back at noon.')).not.toBeInTheDocument());
  });

  it('keeps its time when its text is mended', async () => {
    const until = new Date(Math.ceil(Date.now() / 60_000) * 60_000 + 3_600_000).toISOString();
    const world = told({ until });
    const { user } = renderApp(world, '/admin/users/announcement');
    await user.type(await screen.findByRole('textbox', { name: /Text/ }), ' Sorry!');
    await user.click(screen.getByRole('button', { name: 'Replace' }));
    await waitFor(() => expect(world.changes).toHaveLength(1));
    expect(world.admin.people.announcement).toMatchObject({ text: 'Maintenance tonight from 22:00. Sorry!', until });
    expect(world.changes[0]).toContain('"from":null');
  });

  it('shows when it was made while the stream was away', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    const world = confirmedAdmin();
    renderApp(world, '/usage');
    await screen.findByRole('status', { name: 'Announcement' });
    FakeEventSource.latest().accept();
    FakeEventSource.latest().fail(false);
    world.admin.people.announcement = makeAnnouncement();
    FakeEventSource.latest().accept();
    expect(await screen.findByText(/Maintenance tonight/)).toBeVisible();
  });

  it('shows on the sign-in page', async () => {
    const world = told({ public: true });
    world.me = null;
    renderApp(world, '/login');
    expect(await screen.findByText(/Maintenance tonight/)).toBeVisible();
  });
});
