import { screen, waitFor, within } from '@testing-library/react';
import { makeFile, makeJob } from '@test/fixtures';
import { renderApp } from '@test/render-app';
import { trashedFile, trashedJob } from '@test/trash';
import { World } from '@test/world';
import { describe, expect, it } from 'vitest';

function worldWith(...names: string[]): World {
  const world = new World();
  world.jobs = names.map((name) => makeJob({ name, state: 'ready', size: 2048, fileCount: 2 }));
  return world;
}

async function deleteFromMenu(user: ReturnType<typeof renderApp>['user'], name: string) {
  await user.click(await screen.findByRole('button', { name: `Actions for ${name}` }));
  await user.click(await screen.findByRole('menuitem', { name: 'Delete' }));
}

describe('deleting', () => {
  it('moves a finished download to the trash without a question, and Undo brings it back', async () => {
    const world = worldWith('One', 'Two');
    const { user } = renderApp(world, '/');
    await deleteFromMenu(user, 'One');
    expect(await screen.findByText('Moved “One” to the trash.')).toBeVisible();
    expect(screen.getByText(/^Counts for your storage until/)).toBeVisible();
    expect(screen.queryByRole('link', { name: 'One' })).not.toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Undo' }));
    expect(await screen.findByText('Restored “One”.')).toBeVisible();
    expect(await screen.findByRole('link', { name: 'One' }, { timeout: 3_000 })).toBeVisible();
  });

  it('undoes the deletion of many', async () => {
    const world = worldWith('One', 'Two', 'Three');
    const { user } = renderApp(world, '/');
    for (const name of ['One', 'Two']) await user.click(await screen.findByRole('checkbox', { name: `Select ${name}` }));
    await user.click(within(screen.getByRole('toolbar', { name: 'Selected downloads' })).getByRole('button', { name: 'Delete' }));
    expect(await screen.findByText('Moved 2 downloads to the trash.')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Undo' }));
    expect(await screen.findByText('Restored 2 items.')).toBeVisible();
    expect(world.trash.kept).toEqual([]);
  });

  it('asks first when something is still open', async () => {
    const world = worldWith('One');
    world.jobs = [makeJob({ name: 'Open', state: 'downloading' })];
    const { user } = renderApp(world, '/');
    await deleteFromMenu(user, 'Open');
    expect(within(await screen.findByRole('dialog')).getByText(/can be restored only if/)).toBeVisible();
    expect(world.changes).toEqual([]);
  });

  it('says what is in the way of undoing', async () => {
    const world = worldWith('One');
    const id = world.jobs[0]?.id ?? '';
    world.trash.refusals.set(id, 'You have this content already.');
    const { user } = renderApp(world, '/');
    await deleteFromMenu(user, 'One');
    await user.click(await screen.findByRole('button', { name: 'Undo' }));
    expect(await screen.findByText('You have this content already.')).toBeVisible();
  });

  it('counts only what an undo brought back', async () => {
    const world = worldWith('One', 'Two', 'Three');
    world.trash.refusals.set(world.jobs[0]?.id ?? '', 'You have this content already.');
    const { user } = renderApp(world, '/');
    for (const name of ['One', 'Two', 'Three']) await user.click(await screen.findByRole('checkbox', { name: `Select ${name}` }));
    await user.click(within(screen.getByRole('toolbar', { name: 'Selected downloads' })).getByRole('button', { name: 'Delete' }));
    await user.click(await screen.findByRole('button', { name: 'Undo' }));
    expect(await screen.findByText('Restored 2 items.')).toBeVisible();
    expect(screen.getByText('You have this content already.')).toBeVisible();
  });

  it('deletes one file of a download, and undoes that', async () => {
    const world = worldWith('One');
    const job = world.jobs[0];
    if (!job) throw new Error('no download');
    world.files.set(job.id, [makeFile(0, 'a.bin'), makeFile(1, 'b.bin')]);
    const { user } = renderApp(world, `/jobs/${job.id}`);
    await user.click(await screen.findByRole('button', { name: 'Delete a.bin' }));
    expect(await screen.findByText('Moved “a.bin” to the trash.')).toBeVisible();
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Delete a.bin' })).not.toBeInTheDocument());
    await user.click(screen.getByRole('button', { name: 'Undo' }));
    expect(await screen.findByRole('button', { name: 'Delete a.bin' })).toBeVisible();
  });

  it('leaves the page of a download with its last file', async () => {
    const world = worldWith('One');
    const job = world.jobs[0];
    if (!job) throw new Error('no download');
    world.files.set(job.id, [makeFile(0, 'a.bin')]);
    const { user, router } = renderApp(world, `/jobs/${job.id}`);
    await user.click(await screen.findByRole('button', { name: 'Delete a.bin' }));
    await waitFor(() => expect(router.state.location.pathname).toBe('/'));
  });
});

describe('the trash', () => {
  function filled(): World {
    const world = worldWith();
    const job = makeJob({ name: '<b>Film</b>', size: 1024, fileCount: 3, state: 'ready' });
    world.trash.delete(true, trashedJob(job), () => undefined);
    world.trash.delete(false, trashedFile(makeJob({ name: 'Album', state: 'ready' }), makeFile(3, 'disc 1/track 3.flac', { size: 1024 })), () => undefined);
    return world;
  }

  it('is empty at first', async () => {
    const world = worldWith();
    const { user } = renderApp(world, '/');
    await user.click(await screen.findByRole('link', { name: 'Trash' }));
    expect(await screen.findByText('The trash is empty')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Empty trash' })).not.toBeInTheDocument();
  });

  it('lists downloads and files, and restores them', async () => {
    const world = filled();
    const { user } = renderApp(world, '/trash');
    expect(await screen.findByText('track 3.flac')).toBeVisible();
    expect(screen.getByText('<b>Film</b>')).toBeVisible();
    expect(screen.getByText('from Album')).toBeVisible();
    expect(screen.getByText('3 files')).toBeVisible();
    expect(screen.getByText(/^2 items, 2.0 KiB. They count/)).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Restore track 3.flac' }));
    expect(await screen.findByText('Restored “track 3.flac”.')).toBeVisible();
    await waitFor(() => expect(screen.queryByText('from Album')).not.toBeInTheDocument());
  });

  it('asks before it deletes one for good', async () => {
    const world = filled();
    const { user } = renderApp(world, '/trash');
    await user.click(await screen.findByRole('button', { name: 'Delete now: track 3.flac' }));
    const dialog = await screen.findByRole('dialog');
    expect(world.changes).toEqual([]);
    await user.click(within(dialog).getByRole('button', { name: 'Delete now' }));
    expect(await screen.findByText('Deleted “track 3.flac” for good.')).toBeVisible();
    expect(world.trash.kept).toHaveLength(1);
  });

  it('restores many in one act', async () => {
    const world = filled();
    world.trash.delete(true, trashedJob(makeJob({ name: 'Third', size: 1024, state: 'ready' })), () => undefined);
    const { user } = renderApp(world, '/trash');
    for (const name of ['track 3.flac', 'Third']) await user.click(await screen.findByRole('checkbox', { name: `Select ${name}` }));
    const bar = within(screen.getByRole('toolbar', { name: 'Selected items' }));
    expect(bar.getByRole('status')).toHaveTextContent('2 selected, 2.0 KiB');
    await user.click(bar.getByRole('button', { name: 'Restore' }));
    expect(await screen.findByText('Restored 2 items.')).toBeVisible();
    expect(world.changes).toHaveLength(1);
    await waitFor(() => expect(screen.queryByText('Third')).not.toBeInTheDocument());
    expect(screen.queryByRole('toolbar')).not.toBeInTheDocument();
  });

  it('deletes all for good in one act, and says what could not be', async () => {
    const world = filled();
    const [first, second] = world.trash.kept.map(({ item }) => item.id);
    world.trash.refusals.set(first ?? '', 'It is no longer in the trash.');
    const { user } = renderApp(world, '/trash');
    await user.click(await screen.findByRole('checkbox', { name: 'Select track 3.flac' }));
    await user.click(screen.getByRole('button', { name: 'Select all loaded' }));
    await user.click(within(screen.getByRole('toolbar')).getByRole('button', { name: 'Delete now' }));
    const dialog = within(await screen.findByRole('dialog'));
    expect(dialog.getByText("2 items can't be restored after this.")).toBeVisible();
    await user.click(dialog.getByRole('button', { name: 'Delete now' }));
    expect(await screen.findByText('Deleted 1 item for good.')).toBeVisible();
    expect(await screen.findByText('It is no longer in the trash.')).toBeVisible();
    expect(world.changes).toEqual([`POST /trash/delete ${JSON.stringify({ ids: [first, second] })}`]);
  });

  it('is emptied only after a typed word', async () => {
    const world = filled();
    const { user } = renderApp(world, '/trash');
    await user.click(await screen.findByRole('button', { name: 'Empty trash' }));
    const dialog = await screen.findByRole('dialog');
    expect(within(dialog).getByRole('button', { name: 'Empty trash' })).toBeDisabled();
    await user.type(within(dialog).getByRole('textbox'), 'empty');
    await user.click(within(dialog).getByRole('button', { name: 'Empty trash' }));
    expect(await screen.findByText('Deleted 2 items for good.')).toBeVisible();
    expect(await screen.findByText('The trash is empty')).toBeVisible();
  });

  it('renders a few of thousands of rows', async () => {
    const world = worldWith();
    for (let n = 0; n < 3_000; n += 1) world.trash.delete(true, trashedJob(makeJob({ name: `Film ${n}` })), () => undefined);
    renderApp(world, '/trash');
    expect(await screen.findByText(/^3,000 items/)).toBeVisible();
    expect(screen.getAllByRole('listitem').length).toBeLessThan(200);
  });
});
