import { screen, waitFor, within } from '@testing-library/react';
import { makeJob, moment, newId } from '@test/fixtures';
import { makeJobAct } from '@test/many';
import { renderApp } from '@test/render-app';
import { World } from '@test/world';
import { describe, expect, it } from 'vitest';

function full(): World {
  const world = new World();
  world.jobs = Array.from({ length: 130 }, (_, at) => makeJob({ name: `Lecture ${at}`, createdAt: moment(-at) }));
  return world;
}

type User = ReturnType<typeof renderApp>['user'];

async function selectEvery(user: User) {
  await user.click(await screen.findByRole('checkbox', { name: 'Select Lecture 0' }));
  expect(screen.queryByRole('button', { name: /that match/ })).not.toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'Select all loaded' }));
  await user.click(await screen.findByRole('button', { name: 'Select all 130 that match' }));
  return within(await screen.findByRole('toolbar', { name: 'All downloads that match' }));
}

describe('acts on everything that matches', () => {
  it('are offered once all loaded rows are selected, ask, and are followed above the list', async () => {
    const world = full();
    const { user } = renderApp(world, '/?q=lecture');
    const bar = await selectEvery(user);
    expect(bar.getByText('All 130 that match selected')).toBeVisible();
    await user.click(bar.getByRole('button', { name: 'Pause' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Pause 130 downloads?' }));
    await user.click(dialog.getByRole('button', { name: 'Pause' }));
    expect(await screen.findByRole('progressbar', { name: 'Pausing 130 downloads' })).toBeVisible();
    expect(world.changes).toContain('POST /job-acts {"act":"pause","match":{"q":"lecture"}}');
    expect(screen.queryByRole('toolbar')).not.toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Stop' }));
    expect(await screen.findByText('Stopped: 0 done, 130 left as they were.')).toBeVisible();
  });

  it('ask for a typed word to delete, and tell why they are refused', async () => {
    const world = full();
    world.many.acts = [makeJobAct()];
    const { user } = renderApp(world, '/');
    const bar = await selectEvery(user);
    await user.click(bar.getByRole('button', { name: 'Delete' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Delete 130 downloads?' }));
    expect(dialog.getByText(/go to the trash/)).toBeVisible();
    expect(dialog.getByRole('button', { name: 'Delete' })).toBeDisabled();
    await user.type(dialog.getByLabelText(/Type delete to confirm/), 'delete');
    await user.click(dialog.getByRole('button', { name: 'Delete' }));
    expect(await dialog.findByText(/under way/)).toBeVisible();
  });

  it('give all of them a label', async () => {
    const world = full();
    world.labels.make('Films', 'teal');
    const { user } = renderApp(world, '/');
    const bar = await selectEvery(user);
    await user.click(bar.getByRole('button', { name: 'Add label' }));
    await user.click(await screen.findByRole('checkbox', { name: 'Films' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Label 130 downloads “Films”?' }));
    await user.click(dialog.getByRole('button', { name: 'Add label' }));
    await waitFor(() => expect(world.jobs.every(({ labels }) => labels.length === 1)).toBe(true));
  });

  it('end with the choice when a row is unselected', async () => {
    const { user } = renderApp(full(), '/');
    await selectEvery(user);
    await user.click(screen.getByRole('checkbox', { name: 'Select Lecture 1' }));
    expect(await screen.findByText('99 downloads selected')).toBeVisible();
  });

  it('say what became of each download', async () => {
    const world = full();
    world.many.acts = [makeJobAct({ state: 'done', total: 2, done: 1, refused: 1, endedAt: moment(-5) })];
    world.many.results = [
      { jobId: newId(), name: 'one', state: 'done', problem: '', refusal: '', actedAt: moment(-6) },
      { jobId: newId(), name: 'two', state: 'refused', problem: 'wrong_state', refusal: 'It cannot be paused in the state “ready”.', actedAt: moment(-6) },
    ];
    const { user } = renderApp(world, '/');
    await user.click(await screen.findByRole('button', { name: 'Results' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Paused 1 download' }));
    expect(await dialog.findByText(/cannot be paused in the state/)).toBeVisible();
  });
});
