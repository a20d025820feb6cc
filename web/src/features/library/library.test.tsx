import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { problem } from '@test/answers';
import { makeMe } from '@test/fixtures';
import { renderApp } from '@test/render-app';
import { World } from '@test/world';
import { describe, expect, it, vi } from 'vitest';

// jsdom lays nothing out, so the list believes that it has a window's height of rows.
function owner(): World {
  const world = new World();
  world.me = makeMe();
  const course = world.library.addFolder('Course');
  const season = world.library.addFolder('Week 1', course);
  world.library.addFile({ name: 'Lecture.2005.mkv' }, season);
  world.library.addFile({ name: 'notes.md', kind: 'document', contentType: 'text/plain; charset=utf-8', size: 2_048 }, course);
  world.library.addFile({ name: 'film.mkv', jobName: 'film.mkv', size: 1_000 });
  return world;
}

/** Waits for a request that changes something, and returns its body. */
function asked(world: World, what: string): Promise<string | undefined> {
  return waitFor(() => {
    const found = world.changes.find((change) => change.startsWith(what));
    expect(found).toBeDefined();
    return found?.slice(what.length);
  });
}

const rows = async () => within(await screen.findByRole('list', { name: /Files and folders/ }));

describe('the library', () => {
  it('leads through folders, and back by the path', async () => {
    const { user } = renderApp(owner(), '/files');
    expect(await screen.findByText('3 files, 700 MiB')).toBeVisible();
    await user.click((await rows()).getByRole('link', { name: 'Course' }));
    await user.click(await (await rows()).findByRole('link', { name: 'Week 1' }));
    expect(await (await rows()).findByRole('link', { name: 'Lecture.2005.mkv' })).toBeVisible();
    const path = within(screen.getByRole('navigation', { name: 'Folders' }));
    expect(path.getByText('Week 1')).toHaveAttribute('aria-current', 'page');
    await user.click(path.getByRole('link', { name: 'All files' }));
    expect(await (await rows()).findByRole('link', { name: 'film.mkv' })).toBeVisible();
  });

  it('finds words of names over all folders, once per pause in typing', async () => {
    const world = owner();
    const { user, router } = renderApp(world, '/files');
    await rows();
    const asked: string[] = [];
    const answer = world.answer.bind(world);
    vi.spyOn(world, 'answer').mockImplementation((request) => {
      const q = new URL(request.url).searchParams.get('q');
      if (q !== null) asked.push(q);
      return answer(request);
    });
    await user.type(screen.getByRole('searchbox'), 'lecture 2005');
    await waitFor(() => expect(router.state.location.search).toMatchObject({ q: 'lecture 2005' }));
    expect(await (await rows()).findByText('in Week 1')).toBeVisible();
    expect(screen.queryByRole('link', { name: 'film.mkv' })).toBeNull();
    expect(screen.getByRole('searchbox')).toHaveValue('lecture 2005');
    expect(asked.length).toBeLessThan(4);
    await user.click(screen.getByRole('button', { name: 'Clear search' }));
    expect(await (await rows()).findByRole('link', { name: 'film.mkv' })).toBeVisible();
  });

  it('finds a type in all folders, also without words', async () => {
    const { user } = renderApp(owner(), '/files');
    await rows();
    await user.selectOptions(screen.getByRole('combobox', { name: 'Show' }), 'document');
    expect(await (await rows()).findByRole('link', { name: 'notes.md' })).toBeVisible();
    expect((await rows()).getByText('in Course')).toBeVisible();
    await waitFor(() => expect(screen.queryByRole('link', { name: 'film.mkv' })).toBeNull());
  });

  it('shows photos with their thumbnails, and an icon where there is none', async () => {
    const world = owner();
    const photo = world.library.addFile({ name: 'harbour.jpg', kind: 'image', contentType: 'image/jpeg', size: 3_000_000 });
    world.library.addFile({ name: 'blocked.jpg', kind: 'image', contentType: 'image/jpeg', size: 3_000_000, blocked: true });
    world.library.addFile({ name: 'drawing.svg', kind: 'image', contentType: 'image/svg+xml', size: 3_000 });
    renderApp(world, '/files');
    const list = await rows();
    const picture = await list.findByRole('img', { name: 'harbour.jpg' });
    expect(picture).toHaveAttribute('src', `/api/v1/files/${photo.id}/thumbnail`);
    expect(picture).toHaveAttribute('loading', 'lazy');
    expect(list.getAllByRole('img')).toHaveLength(1);
    fireEvent.error(picture);
    expect(list.queryByRole('img')).toBeNull();
    expect(list.getByRole('link', { name: 'harbour.jpg' })).toBeVisible();
  });

  it('shows a thumbnail that the server was too busy to make, when it says so', async () => {
    const world = owner();
    const photo = world.library.addFile({ name: 'pier.jpg', kind: 'image', contentType: 'image/jpeg', size: 3_000_000 });
    const answer = world.answer.bind(world);
    let asked = 0;
    vi.spyOn(world, 'answer').mockImplementation((request) => {
      if (!request.url.endsWith(`/files/${photo.id}/thumbnail`)) return answer(request);
      asked += 1;
      const busy = problem(503, 'unavailable', 'Too many thumbnails are being made.', undefined, { 'Retry-After': '1' });
      return Promise.resolve(asked === 1 ? busy : problem(404, 'not_found', 'This file has no thumbnail.'));
    });
    renderApp(world, '/files');
    const list = await rows();
    fireEvent.error(await list.findByRole('img', { name: 'pier.jpg' }));
    expect(list.queryByRole('img')).toBeNull();
    const again = await list.findByRole('img', { name: 'pier.jpg' }, { timeout: 20_000 });
    fireEvent.error(again);
    await waitFor(() => expect(asked).toBe(2));
    expect(list.queryByRole('img')).toBeNull();
  });

  it('offers tiles where there are photos, and remembers them in the address', async () => {
    const world = owner();
    const { user, router } = renderApp(world, '/files');
    await rows();
    expect(screen.queryByRole('button', { name: 'Show as tiles' })).toBeNull();
    world.library.addFile({ name: 'harbour.jpg', kind: 'image', contentType: 'image/jpeg', size: 3_000_000 });
    await user.selectOptions(screen.getByRole('combobox', { name: 'Show' }), 'image');
    await user.click(await screen.findByRole('button', { name: 'Show as tiles' }));
    await waitFor(() => expect(router.state.location.search).toMatchObject({ as: 'grid', type: 'image' }));
    await user.click(screen.getByRole('button', { name: 'Show as a list' }));
    await waitFor(() => expect(router.state.location.search).not.toHaveProperty('as'));
  });

  it('renames a file, and says at the name why it cannot', async () => {
    const world = owner();
    const { user } = renderApp(world, '/files');
    await user.click((await rows()).getByRole('button', { name: 'Actions for film.mkv' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Rename' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Rename file' }));
    const name = dialog.getByLabelText('Name');
    for (const [typed, fault] of [
      ['a/b', /cannot have any of/],
      ['Course', '“Course” is already in this folder.'],
    ] as const) {
      await user.clear(name);
      await user.type(name, typed);
      await user.click(dialog.getByRole('button', { name: 'Rename' }));
      expect(await dialog.findByText(fault)).toBeVisible();
    }
    await user.clear(name);
    await user.type(name, 'Opening night.mkv{Enter}');
    expect(await (await rows()).findByRole('link', { name: 'Opening night.mkv' })).toBeVisible();
    expect(world.changes.at(-1)).toMatch(/^PATCH \/library\/files\/\S+ {"name":"Opening night.mkv"}$/);
  });

  it('moves what is selected into a folder that is made on the way', async () => {
    const world = owner();
    const { user } = renderApp(world, '/files');
    await user.click((await rows()).getByRole('checkbox', { name: 'Select film.mkv' }));
    const bar = within(screen.getByRole('toolbar', { name: 'Selected files and folders' }));
    expect(bar.getByText('1 selected')).toBeVisible();
    await user.click(bar.getByRole('button', { name: 'Move' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Move “film.mkv”' }));
    await user.click(await dialog.findByRole('button', { name: 'Open Course' }));
    expect(await dialog.findByRole('button', { name: 'Open Week 1' })).toBeVisible();
    await user.click(dialog.getByRole('button', { name: 'New folder' }));
    await user.type(within(await screen.findByRole('dialog', { name: 'New folder' })).getByLabelText('Name'), 'Extras{Enter}');
    expect(await dialog.findByText('No folders in here.')).toBeVisible();
    await user.click(dialog.getByRole('button', { name: 'Move here' }));
    expect(await screen.findByText('Moved to “Extras”.')).toBeVisible();
    await waitFor(() => expect(screen.queryByRole('link', { name: 'film.mkv' })).toBeNull());
  });

  it('downloads a selection of files and folders as one zip', async () => {
    const world = owner();
    const { user } = renderApp(world, '/files');
    const clicked = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined);
    await user.click((await rows()).getByRole('checkbox', { name: 'Select Course' }));
    await user.click((await rows()).getByRole('checkbox', { name: 'Select film.mkv' }));
    await user.click(screen.getByRole('button', { name: 'Download as zip' }));
    await waitFor(() => expect(clicked).toHaveBeenCalled());
    expect(world.changes.at(-1)).toMatch(/^POST \/library\/zip {"files":\["\S+"\],"folders":\["\S+"\]}$/);
  });

  it('deletes a file to the trash without a question, and Undo asks for it back', async () => {
    const world = owner();
    const { user } = renderApp(world, '/files');
    await user.click((await rows()).getByRole('button', { name: 'Actions for film.mkv' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Delete' }));
    expect(await screen.findByText('Moved “film.mkv” to the trash.')).toBeVisible();
    await waitFor(() => expect(screen.queryByRole('link', { name: 'film.mkv' })).toBeNull());
    const id = /"files":\["(\S+?)"\]/.exec(world.changes.at(-1) ?? '')?.[1] ?? '';
    await user.click(screen.getByRole('button', { name: 'Undo' }));
    await waitFor(() => expect(world.changes.at(-1)).toBe(`POST /trash/restore {"ids":["${id}"]}`));
  });

  it('asks before it deletes what is in a folder, and Undo asks for the files in it back', async () => {
    const world = owner();
    const inside = world.library.files.filter(({ parent }) => parent !== '').map(({ entry }) => entry.id);
    const { user } = renderApp(world, '/files');
    await user.click((await rows()).getByRole('checkbox', { name: 'Select Course' }));
    await user.click(within(screen.getByRole('toolbar')).getByRole('button', { name: 'Delete' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Delete “Course”?' }));
    expect(dialog.getByText(/^2 files go to the trash/)).toBeVisible();
    expect(world.changes).toEqual([]);
    await user.click(dialog.getByRole('button', { name: 'Delete' }));
    expect(await screen.findByText('Moved 2 files to the trash.')).toBeVisible();
    await waitFor(() => expect(screen.queryByRole('link', { name: 'Course' })).toBeNull());
    expect(screen.queryByRole('toolbar')).toBeNull();
    await user.click(screen.getByRole('button', { name: 'Undo' }));
    const { ids } = JSON.parse((await asked(world, 'POST /trash/restore ')) ?? '{}') as { ids: string[] };
    expect(ids).toEqual(inside);
  });

  it('shares a folder with what is in it now, and says so', async () => {
    const world = owner();
    const { user } = renderApp(world, '/files');
    await user.click((await rows()).getByRole('button', { name: 'Actions for Course' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Share' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Share files' }));
    expect(dialog.getByText(/What you add later isn’t shared/)).toBeVisible();
    expect(dialog.getByLabelText(/^Name/)).toHaveValue('Course');
    await user.click(dialog.getByRole('button', { name: 'Create share' }));
    expect(await screen.findByLabelText('Link to the share')).toBeVisible();
    expect(world.changes.at(-1)).toMatch(/^POST \/shares {.*"picked":{"files":\[\],"folders":\["\S+"\]}}$/);
  });

  it('says that a folder is gone', async () => {
    renderApp(owner(), '/files?folder=00000000-0000-4000-8000-00000000dead');
    expect(await screen.findByText('Folder not found')).toBeVisible();
  });

  it('leads from photo to photo with the arrow keys', async () => {
    const world = owner();
    const [first] = ['a.jpg', 'b.jpg', 'c.txt'].map((name) => world.library.addFile({ name, kind: 'image', contentType: name.endsWith('jpg') ? 'image/jpeg' : 'text/plain' }));
    const { user, router } = renderApp(world, `/files/${first?.id ?? ''}`);
    expect(await screen.findByRole('img', { name: 'a.jpg' })).toBeVisible();
    await screen.findByRole('link', { name: 'Next: b.jpg' });
    await user.keyboard('{ArrowRight}');
    expect(await screen.findByRole('img', { name: 'b.jpg' })).toBeVisible();
    expect(screen.queryByRole('link', { name: /^Next/ })).toBeNull();
    await user.keyboard('{ArrowLeft}');
    await waitFor(() => expect(router.state.location.pathname).toBe(`/files/${first?.id ?? ''}`));
  });
});
