import { screen, waitFor, within } from '@testing-library/react';
import { makeBulkAct, makeOwnedJob } from '@test/everybody';
import { makeMe, moment, newId } from '@test/fixtures';
import { renderApp } from '@test/render-app';
import { World } from '@test/world';
import { describe, expect, it } from 'vitest';

function outage(): World {
  const world = new World();
  world.me = makeMe();
  world.everybody.jobs = ['one', 'two', 'three'].map((name) => makeOwnedJob({ name, state: 'failed', problem: 'not_found_at_source' }));
  return world;
}

describe('acts on many downloads', () => {
  it('are for all that the filters find, with a note, and are followed above the list', async () => {
    const world = outage();
    const { user } = renderApp(world, '/admin/jobs?state=failed');
    await user.click(await screen.findByRole('button', { name: 'Act on all 3' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Retry' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Retry 3 downloads?' }));
    await user.type(dialog.getByLabelText('Note for the owners'), 'The server is back.');
    await user.click(dialog.getByRole('button', { name: 'Retry' }));
    expect(await screen.findByText('Finding the downloads: 0 so far.')).toBeVisible();
    expect(world.everybody.bulkAsked).toEqual([{ act: 'retry', filter: { state: ['failed'] }, note: 'The server is back.' }]);
  });

  it('on everything, and a delete, ask for a typed word', async () => {
    const world = outage();
    const { user } = renderApp(world, '/admin/jobs');
    await user.click(await screen.findByRole('button', { name: 'Act on all 3' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Pause' }));
    const dialog = within(await screen.findByRole('dialog'));
    expect(dialog.getByText(/every download of every account/)).toBeVisible();
    expect(dialog.getByRole('button', { name: 'Pause' })).toBeDisabled();
    await user.type(dialog.getByLabelText(/Type pause to confirm/), 'pause');
    expect(dialog.getByRole('button', { name: 'Pause' })).toBeEnabled();
  });

  it('delete for good where the admin asks for that', async () => {
    const world = outage();
    const { user } = renderApp(world, '/admin/jobs');
    await user.click(await screen.findByRole('button', { name: 'Act on all 3' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Delete' }));
    const dialog = within(await screen.findByRole('dialog'));
    await user.click(dialog.getByRole('checkbox', { name: /Delete for good/ }));
    await user.type(dialog.getByLabelText(/Type delete to confirm/), 'delete');
    await user.click(dialog.getByRole('button', { name: 'Delete' }));
    await waitFor(() => expect(world.everybody.bulkAsked).toEqual([{ act: 'delete', filter: {}, final: true }]));
  });

  it('can be stopped', async () => {
    const world = outage();
    world.everybody.bulkActs = [makeBulkAct({ total: 500, done: 120, refused: 3 })];
    const { user } = renderApp(world, '/admin/jobs');
    expect(await screen.findByText('120 of 500 done, 3 refused.')).toBeVisible();
    expect(screen.getByRole('progressbar', { name: 'Retrying 500 downloads' })).toHaveAttribute('aria-valuenow', '24');
    await user.click(screen.getByRole('button', { name: 'Stop' }));
    expect(await screen.findByText('Stopped: 120 done, 3 refused, 377 left as they were.')).toBeVisible();
  });

  it('say what became of each download', async () => {
    const world = outage();
    world.everybody.bulkActs = [makeBulkAct({ state: 'done', total: 2, done: 1, refused: 1, endedAt: moment(-86_400) })];
    world.everybody.bulkItems = [
      { jobId: newId(), name: 'one', owner: 'grace@example.org', state: 'done', problem: '', refusal: '', actedAt: moment(-1) },
      { jobId: newId(), name: '', owner: '', state: 'refused', problem: 'wrong_state', refusal: 'It cannot be retried in the state “ready”.', actedAt: moment(-1) },
    ];
    const { user } = renderApp(world, '/admin/jobs/acts');
    await user.click(await screen.findByRole('button', { name: 'Results' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Retried 1 download' }));
    expect(await dialog.findByText(/cannot be retried/)).toBeVisible();
    await user.click(dialog.getByRole('radio', { name: 'All' }));
    expect(await dialog.findByText('one')).toBeVisible();
  });
});
