import { screen, within } from '@testing-library/react';
import { moment, newId } from '@test/fixtures';
import { renderApp } from '@test/render-app';
import { makeCheckOfContents, makeCleanup, makeCleanupItem, makeStorageUser, makeSums } from '@test/storage';
import { confirmedAdmin } from '@test/world';
import { describe, expect, it } from 'vitest';

describe('the storage page', () => {
  it('shows what is stored, by type and age, and how it grew', async () => {
    const world = confirmedAdmin();
    renderApp(world, '/admin/storage');
    expect(within(await screen.findByRole('region', { name: 'Stored files' })).getByText('7.1 TiB')).toBeVisible();
    const types = within(screen.getByRole('region', { name: 'By type' }));
    expect(types.getAllByRole('listitem').map((item) => item.firstChild?.textContent)).toEqual(['Video', 'Archives', 'Audio', 'Other', 'Images']);
    const ages = within(screen.getByRole('region', { name: 'By age' }));
    expect(ages.getAllByRole('listitem')[0]).toHaveTextContent('Last 24 hours42.0 GiB in 310 files');
    const growth = within(screen.getByRole('region', { name: 'Growth' }));
    expect(growth.getByText(/^\+2\.4 TiB$/)).toBeVisible();
    expect(growth.getAllByRole('row', { hidden: true })).toHaveLength(91);
  });

  it('says that nothing was summed up yet', async () => {
    const world = confirmedAdmin();
    const sums = makeSums({ takenAt: null, files: 0, bytes: 0, bucketObjects: null, bucketBytes: null, types: [], ages: [], days: [] });
    world.providers.storage = { ...world.providers.storage, sums };
    renderApp(world, '/admin/storage');
    expect(await screen.findByText(/Not summed up yet/)).toBeVisible();
    expect(screen.getByText(/from the second day on/)).toBeVisible();
    expect(screen.getAllByText('Nothing is stored.')).toHaveLength(2);
    expect(await screen.findByText('No account stores anything.')).toBeVisible();
  });

  it('lists accounts, the largest downloads, what expires, orphans and lost files', async () => {
    const world = confirmedAdmin();
    world.storage.users = [makeStorageUser()];
    world.storage.expiries = [makeStorageUser({ email: 'soon@example.org' })];
    world.storage.jobs = [{ id: newId(), name: 'Apollo 11', state: 'ready', owner: 'grace@example.org', files: 3, bytes: 5_000_000_000, createdAt: moment(-90_000), expiresAt: moment(90_000) }];
    world.storage.orphans = [{ key: 'jobs/a/b', uploadId: '', size: 2_048, modifiedAt: moment(-90_000), firstSeen: moment(-9_000), purgeAfter: moment(500_000) }];
    world.storage.lost = [{ id: newId(), jobId: newId(), path: 'Apollo 11/reel.mkv', size: 100, job: 'Apollo 11', owner: 'grace@example.org' }];
    const { user } = renderApp(world, '/admin/storage');
    const list = async (name: string) => within(await screen.findByRole('list', { name }));
    expect((await list('Accounts')).getByRole('link', { name: 'grace@example.org' })).toHaveAttribute('href', `/admin/users/${world.storage.users[0]?.id ?? ''}`);
    expect((await list('Accounts')).getByRole('link', { name: 'largest downloads' })).toHaveAttribute('href', '/admin/jobs?user=grace%40example.org&sort=-size');
    await user.click(screen.getByRole('radio', { name: 'Largest' }));
    expect((await list('Largest')).getByRole('listitem')).toHaveTextContent(/Apollo 114\.7 GiBgrace@example.org · 3 files · expires/);
    await user.click(screen.getByRole('radio', { name: 'Expiring' }));
    expect((await list('Expiring')).getByRole('listitem')).toHaveTextContent('soon@example.org31.0 GiB in 30 days9 downloads in 30 days; 2 downloads, 3.0 GiB, in 7 days');
    await user.click(screen.getByRole('radio', { name: 'Orphans' }));
    expect((await list('Orphans')).getByText('jobs/a/b')).toBeVisible();
    await user.click(screen.getByRole('radio', { name: 'Lost files' }));
    expect((await list('Lost files')).getByRole('link', { name: 'Apollo 11' })).toBeVisible();
  });

  it('looks for orphans, of the chosen kinds and older than the grace', async () => {
    const world = confirmedAdmin();
    const { user } = renderApp(world, '/admin/storage');
    await user.click(await screen.findByRole('button', { name: 'Look for orphans' }));
    const dialog = within(await screen.findByRole('dialog'));
    await user.click(dialog.getByRole('checkbox', { name: 'Rows without an object' }));
    await user.clear(dialog.getByLabelText(/younger than/));
    await user.type(dialog.getByLabelText(/younger than/), '24');
    await user.click(dialog.getByRole('button', { name: 'Look' }));
    expect(await screen.findByText('0 found so far.')).toBeVisible();
    expect(world.storage.asked).toEqual([{ kinds: ['object', 'upload'], graceHours: 24 }]);
    expect(screen.getByRole('button', { name: 'Look for orphans' })).toBeDisabled();
    await user.click(screen.getByRole('button', { name: 'Stop' }));
    expect(await screen.findByText(/^Stopped$/)).toBeVisible();
  });

  it('removes what was found only after a typed word', async () => {
    const world = confirmedAdmin();
    world.storage.cleanups = [makeCleanup()];
    world.storage.items = [makeCleanupItem({ key: 'jobs/a/b' }), makeCleanupItem({ kind: 'row', job: 'Apollo 11', owner: 'grace@example.org' })];
    const { user } = renderApp(world, '/admin/storage');
    expect(await screen.findByText(/Nothing was removed yet/)).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'What would go' }));
    const results = within(await screen.findByRole('list', { name: 'Results' }));
    expect(results.getByText('jobs/a/b').closest('li')).toHaveTextContent('Object · To be removed');
    expect(results.getByText('Apollo 11').closest('li')).toHaveTextContent('Row without an object · grace@example.org · To be marked as lost');
    await user.keyboard('{Escape}');
    await user.click(screen.getByRole('button', { name: 'Remove' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Remove 14 things?' }));
    expect(dialog.getByRole('button', { name: 'Remove' })).toBeDisabled();
    await user.type(dialog.getByLabelText(/Type remove to confirm/), 'remove');
    await user.click(dialog.getByRole('button', { name: 'Remove' }));
    expect(await screen.findByText('0 of 14 removed, 0 B.')).toBeVisible();
    expect(world.storage.asked).toEqual([{ confirm: 'remove' }]);
  });

  it('says what became of a clean-up, and why removing ended', async () => {
    const world = confirmedAdmin();
    world.storage.cleanups = [
      makeCleanup({ state: 'done', removed: 11, removedBytes: 2_048, spared: 2, failed: 1 }),
      makeCleanup({ state: 'stopped', halted: 'restored', removed: 3, removedBytes: 1_024 }),
      makeCleanup({ state: 'done', total: 0, bytes: 0, scanned: 100 }),
    ];
    world.storage.items = [makeCleanupItem({ key: 'jobs/a/b', state: 'spared', why: 'has_row' })];
    const { user } = renderApp(world, '/admin/storage');
    expect(await screen.findByText('11 of 14 removed, 2.0 KiB, 2 spared, 1 failed.')).toBeVisible();
    expect(screen.getByText(/Deletion was paused/)).toBeVisible();
    expect(screen.getByText('100 objects, uploads and rows compared.')).toBeVisible();
    const [results] = screen.getAllByRole('button', { name: 'Results' });
    if (results) await user.click(results);
    expect(await screen.findByText(/Spared: it belongs to a download now/)).toBeVisible();
  });

  it('checks a share of the files against their checksums, and lists what is damaged', async () => {
    const world = confirmedAdmin();
    world.storage.checks = [makeCheckOfContents({ damaged: 2, unread: 1 }), makeCheckOfContents({ percent: 100, noted: 9 })];
    world.storage.damaged = [{ id: newId(), jobId: newId(), path: 'reel.mkv', size: 100, job: 'Apollo 11', owner: 'grace@example.org', foundAt: moment(-60) }];
    const { user } = renderApp(world, '/admin/storage');
    const part = within(await screen.findByRole('region', { name: 'Integrity' }));
    expect(await part.findByRole('heading', { name: '2 files are damaged' })).toBeVisible();
    expect(part.getByText('2,410 files read, 365 GiB; 2 damaged; 1 could not be read.')).toBeVisible();
    expect(part.getByRole('heading', { name: 'No damage in all files' })).toBeVisible();
    await user.click(part.getByRole('radio', { name: '25%' }));
    await user.click(part.getByRole('button', { name: 'Check integrity' }));
    expect(await part.findByRole('heading', { name: 'Reading 25% of all files' })).toBeVisible();
    expect(world.storage.asked).toEqual([{ percent: 25 }]);
    await user.click(part.getByRole('button', { name: 'Stop' }));
    expect(await part.findByRole('heading', { name: 'Stopped reading 25% of all files' })).toBeVisible();
    expect(part.getByText('Scheduled checks are off.')).toBeVisible();
    await user.click(part.getByRole('radio', { name: 'Every week' }));
    expect(await part.findByText('A check reads 25% of all files every 7 days.')).toBeVisible();
    await user.click(screen.getByRole('radio', { name: 'Damaged files' }));
    expect(within(await screen.findByRole('list', { name: 'Damaged files' })).getByRole('listitem')).toHaveTextContent('reel.mkv100 BApollo 11 · grace@example.org');
  });
});
