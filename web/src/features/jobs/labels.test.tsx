import { act, screen, waitFor, within } from '@testing-library/react';
import { makeJob } from '@test/fixtures';
import { renderApp } from '@test/render-app';
import { World } from '@test/world';
import { describe, expect, it } from 'vitest';

function labelled() {
  const world = new World();
  const films = world.labels.make('Films', 'teal');
  world.jobs = [makeJob({ name: 'Sintel', labels: [films.id] }), makeJob({ name: 'debian.iso' })];
  return { world, films };
}

describe('labels', () => {
  it('are shown in the list, and filter it', async () => {
    const { world } = labelled();
    const { user, router } = renderApp(world, '/');
    const row = (await screen.findByRole('link', { name: 'Sintel' })).closest('[role="listitem"]');
    expect(await within(row as HTMLElement).findByText('Films')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Label' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Films' }));
    await waitFor(() => expect(screen.queryByRole('link', { name: 'debian.iso' })).not.toBeInTheDocument());
    expect(router.state.location.search).toHaveProperty('label');
    expect(screen.getByRole('button', { name: 'Label: Films' })).toBeVisible();
  });

  it('are given to many downloads, and to one that needs a new label', async () => {
    const { world, films } = labelled();
    const { user } = renderApp(world, '/');
    await user.click(await screen.findByRole('checkbox', { name: 'Select debian.iso' }));
    await user.click(within(screen.getByRole('toolbar')).getByRole('button', { name: 'Labels' }));
    await user.click(await screen.findByRole('checkbox', { name: 'Films' }));
    expect(await screen.findByText('Changed the labels of 1 download.')).toBeVisible();
    expect(world.jobs.every((job) => job.labels.includes(films.id))).toBe(true);
    await user.type(screen.getByRole('textbox', { name: 'Find or add a label' }), 'Linux{Enter}');
    await waitFor(() => expect(world.jobs.find((job) => job.name === 'debian.iso')?.labels).toContain(world.labels.list[1]?.id));
  });

  it('are added, renamed and deleted in the settings', async () => {
    const { world } = labelled();
    const { user } = renderApp(world, '/settings');
    const part = await screen.findByRole('region', { name: 'Labels' });
    await user.type(await within(part).findByRole('textbox', { name: 'Label name' }), 'Music');
    await user.click(within(part).getByRole('button', { name: 'Add label' }));
    expect(await within(part).findByText('Music')).toBeVisible();
    await user.click(within(part).getByRole('button', { name: 'Edit Films' }));
    const name = within(within(part).getByRole('list', { name: 'Labels' })).getByRole('textbox', { name: 'Label name' });
    await user.clear(name);
    await user.type(name, 'Cinema{Enter}');
    expect(await within(part).findByText('Cinema')).toBeVisible();
    await user.click(within(part).getByRole('button', { name: 'Delete Cinema' }));
    expect(await screen.findByText('1 download loses this label.')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Delete' }));
    await waitFor(() => expect(world.labels.list.map((label) => label.name)).toEqual(['Music']));
  });
});

describe('rules', () => {
  it('are saved in the settings and told before a download is added', async () => {
    const { world, films } = labelled();
    const { user, router } = renderApp(world, '/settings');
    const part = await screen.findByRole('region', { name: 'Downloads' });
    await user.click(await within(part).findByRole('checkbox', { name: 'Skip samples of films' }));
    await user.type(within(part).getByRole('textbox', { name: 'Skip files smaller than' }), '5');
    await user.type(within(part).getByRole('textbox', { name: 'Skip files with these extensions' }), 'nfo, txt');
    await user.click(within(part).getByRole('button', { name: 'Save rules' }));
    expect(await screen.findByText('Rules saved.')).toBeVisible();
    expect(world.labels.rules).toMatchObject({ label: null, skipSamples: true, minSize: 5 * 1024 ** 2, skipExtensions: ['nfo', 'txt'] });
    world.labels.rules = { ...world.labels.rules, label: films.id, startPaused: true };
    await act(() => router.navigate({ to: '/', search: { add: 'https://example.org/file.iso' } }));
    expect(await screen.findByText(/Your rules: skip samples; skip files under 5\.0 MiB; skip \.nfo, \.txt/)).toBeVisible();
  });
});

describe('the keys of the start page', () => {
  it('lead to the search, to the box and to the list of keys', async () => {
    const { world } = labelled();
    const { user } = renderApp(world, '/');
    await screen.findByRole('link', { name: 'Sintel' });
    await user.keyboard('/');
    expect(screen.getByRole('searchbox', { name: 'Search names and files' })).toHaveFocus();
    await user.keyboard('n/?');
    expect(screen.getByRole('searchbox', { name: 'Search names and files' })).toHaveValue('n/?');
    (document.activeElement as HTMLElement).blur();
    await user.keyboard('{ArrowDown}');
    expect(screen.getAllByRole('link', { name: /Sintel|debian/ })[0]).toHaveFocus();
    await user.keyboard('n');
    expect(screen.getByRole('textbox', { name: /Magnet links/ })).toHaveFocus();
    (document.activeElement as HTMLElement).blur();
    await user.keyboard('?');
    expect(await screen.findByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  });

  it('ask the server once per pause in typing', async () => {
    const { world } = labelled();
    const asked: string[] = [];
    const answer = world.answer.bind(world);
    world.answer = (request) => {
      const url = new URL(request.url);
      if (url.pathname.endsWith('/jobs') && url.searchParams.has('q')) asked.push(url.searchParams.get('q') ?? '');
      return answer(request);
    };
    const { user } = renderApp(world, '/');
    await screen.findByRole('link', { name: 'Sintel' });
    await user.type(screen.getByRole('searchbox', { name: 'Search names and files' }), 'debian');
    await waitFor(() => expect(screen.queryByRole('link', { name: 'Sintel' })).not.toBeInTheDocument());
    expect(asked).toEqual(['debian']);
  });
});
