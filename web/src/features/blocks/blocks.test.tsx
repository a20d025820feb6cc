import { screen, waitFor, within } from '@testing-library/react';
import { makeBlock } from '@test/admin';
import { makeOwnedJob } from '@test/everybody';
import { makeFile, makeJob, makeMe, newId } from '@test/fixtures';
import { renderApp } from '@test/render-app';
import { the } from '@test/the';
import { World } from '@test/world';
import { describe, expect, it } from 'vitest';

function admins(): World {
  const world = new World();
  world.me = makeMe();
  return world;
}

describe('blocked content', () => {
  it('is added line by line, and what was refused is listed', async () => {
    const world = admins();
    const { user } = renderApp(world, '/admin/blocks');
    expect(await screen.findByText(/Nothing is blocked/)).toBeVisible();
    const [, ofEmptyList] = await screen.findAllByRole('button', { name: 'Block content' });
    await user.click(the(ofEmptyList));
    const dialog = within(await screen.findByRole('dialog', { name: 'Block content' }));
    await user.click(dialog.getByRole('button', { name: 'Block' }));
    expect(await dialog.findByText('Enter what to block.')).toBeVisible();
    const file = newId();
    await user.type(dialog.getByLabelText('What to block'), `example.com{Enter}{Enter}not a host{Enter}${file}`);
    await user.type(dialog.getByLabelText('Reason'), 'Notice 7');
    await user.click(dialog.getByRole('button', { name: 'Block' }));
    expect(await dialog.findByText(/Blocked 2 entries/)).toBeVisible();
    expect(within(dialog.getByRole('list', { name: 'Refused lines' })).getByText('not a host')).toBeVisible();
    expect(world.changes).toContain(`POST /admin/blocks ${JSON.stringify({ values: ['example.com', 'not a host'], files: [file], reason: 'Notice 7' })}`);
    await user.click(dialog.getByRole('button', { name: 'Done' }));
    expect(await screen.findByText('example.com')).toBeVisible();
  });

  it('can be lifted', async () => {
    const world = admins();
    world.admin.blocks = [makeBlock({ kind: 'url', value: 'example.com' })];
    const { user } = renderApp(world, '/admin/blocks');
    await user.click(await screen.findByRole('button', { name: 'Lift the block of example.com' }));
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Lift' }));
    expect(await screen.findByText(/Nothing is blocked/)).toBeVisible();
    await user.selectOptions(screen.getByLabelText('State'), 'Lifted');
    expect(await screen.findByText('example.com')).toBeVisible();
  });

  it('is blocked from a download of someone', async () => {
    const world = admins();
    const job = makeOwnedJob();
    world.everybody.jobs = [job];
    const { user } = renderApp(world, `/admin/jobs/${job.id}`);
    await user.click(await screen.findByRole('link', { name: 'Block this content' }));
    expect(await screen.findByLabelText('What to block')).toHaveValue(job.infoHash);
    await user.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(await screen.findByText(/Nothing is blocked/)).toBeVisible();
  });

  it('is said to be blocked where its owner looks', async () => {
    const world = admins();
    const job = makeJob({ blocked: true, actions: ['delete'], reason: { code: 'blocked_content', params: {}, text: '' } });
    world.jobs = [job];
    world.files.set(job.id, [makeFile(0, 'a.iso', { blocked: true, available: false })]);
    renderApp(world, `/jobs/${job.id}`);
    expect(await screen.findByText('This content is blocked here.')).toBeVisible();
    await waitFor(() => expect(screen.getAllByText('Blocked')).toHaveLength(2));
    expect(screen.getByRole('link', { name: 'See your notices' })).toHaveAttribute('href', '/notices');
    expect(screen.queryByText('Ready')).not.toBeInTheDocument();
  });
});
