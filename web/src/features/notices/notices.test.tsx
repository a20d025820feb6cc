import { screen, within } from '@testing-library/react';
import { makeMe } from '@test/fixtures';
import { makeNotice, makeOwnNotice, makeStrike } from '@test/notices';
import { renderApp } from '@test/render-app';
import { the } from '@test/the';
import { World } from '@test/world';
import { describe, expect, it } from 'vitest';

function admins(): World {
  const world = new World();
  world.me = makeMe();
  world.fresh = true;
  return world;
}

describe('takedown notices', () => {
  it('are recorded as far as they go, completed and accepted', async () => {
    const world = admins();
    const { user } = renderApp(world, '/admin/notices');
    expect(await screen.findByText(/No notice waits for an admin/)).toBeVisible();
    const [, ofEmptyList] = await screen.findAllByRole('button', { name: 'Record a notice' });
    await user.click(the(ofEmptyList));
    const dialog = within(await screen.findByRole('dialog', { name: 'Record a notice' }));
    await user.type(dialog.getByLabelText('Organisation'), 'H');
    await user.type(dialog.getByLabelText('What it names'), 'x.org');
    await user.click(dialog.getByRole('button', { name: 'Record' }));
    expect(await screen.findByText(/It lacks a signature/)).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Edit' }));
    const edit = within(await screen.findByRole('dialog', { name: 'Edit the notice' }));
    await user.type(edit.getByLabelText('Signature'), 'A');
    await user.click(edit.getByRole('button', { name: 'Save' }));
    await user.click(await screen.findByRole('button', { name: 'Accept' }));
    await user.click(within(await screen.findByRole('dialog', { name: 'Accept the notice?' })).getByRole('button', { name: 'Accept' }));
    expect(await screen.findByRole('button', { name: 'Record a counter-notice' })).toBeVisible();
    expect(world.changes.some((change) => change.includes('/decide {"act":"accept"'))).toBe(true);
  });

  it('are rejected with a reason that the complainant reads', async () => {
    const world = admins();
    const notice = makeNotice();
    world.notices.list = [notice];
    const { user } = renderApp(world, `/admin/notices/${notice.id}`);
    await user.click(await screen.findByRole('button', { name: 'Reject' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Reject the notice?' }));
    await user.type(dialog.getByLabelText(/Reason/), 'It names no work.');
    await user.click(dialog.getByRole('button', { name: 'Reject' }));
    expect(await screen.findByText('Rejected')).toBeVisible();
    expect(world.changes).toContain(`POST /admin/notices/${notice.id}/decide ${JSON.stringify({ act: 'reject', note: 'It names no work.', tell: true })}`);
  });

  it('show what a counter-notice lacks, and start its clock', async () => {
    const world = admins();
    const notice = makeNotice({ state: 'accepted', acts: ['counter', 'restore', 'withdraw'], strikes: [makeStrike()] });
    world.notices.list = [notice];
    const { user } = renderApp(world, `/admin/notices/${notice.id}`);
    await user.click(await screen.findByRole('button', { name: 'Record a counter-notice' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Record a counter-notice' }));
    await user.click(dialog.getByRole('button', { name: 'Record' }));
    expect(await dialog.findAllByText('A counter-notice needs this.')).toHaveLength(4);
    for (const label of ['Full name', 'Phone number', 'Postal address', 'Signature']) await user.type(dialog.getByLabelText(label), 'x');
    for (const box of dialog.getAllByRole('checkbox')) await user.click(box);
    await user.click(dialog.getByRole('button', { name: 'Record' }));
    expect(await screen.findByText(/after 10 business days/)).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Withdraw the strike of grace@example.org' }));
    const withdraw = within(await screen.findByRole('dialog', { name: 'Withdraw the strike?' }));
    await user.type(withdraw.getByLabelText(/Reason/), 'Licensed.');
    await user.click(withdraw.getByRole('button', { name: 'Withdraw' }));
    expect(await screen.findByText(/: Licensed\./)).toBeVisible();
  });

  it('are read by the owner, who objects', async () => {
    const world = admins();
    world.notices.own = [makeOwnNotice()];
    const { user } = renderApp(world, '/notices');
    await user.click(await screen.findByRole('button', { name: 'Object' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Object to the notice' }));
    for (const label of ['Full name', 'Phone number', 'Postal address', 'Signature']) await user.type(dialog.getByLabelText(label), 'x');
    for (const box of dialog.getAllByRole('checkbox')) await user.click(box);
    await user.click(dialog.getByRole('button', { name: 'Send counter-notice' }));
    expect(await screen.findByText(/You objected/)).toBeVisible();
  });
});
