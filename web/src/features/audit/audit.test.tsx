import { screen, waitFor, within } from '@testing-library/react';
import { makeAuditEntry, makeMail, makeSecurityEvent } from '@test/admin';
import { renderApp } from '@test/render-app';
import { World } from '@test/world';
import { expect, it } from 'vitest';

it('the audit log shows who did what, from where, and what changed', async () => {
  const world = new World();
  world.admin.audit = [
    makeAuditEntry(3, { action: 'user.set_role', before: { role: 'user' }, after: { role: 'admin' } }),
    makeAuditEntry(2, { action: 'agent.enrol', actorKind: 'agent', actorName: 'attic', targetKind: 'agent', targetName: 'attic', ip: '198.51.100.4' }),
    makeAuditEntry(1, { action: 'plan.change', targetKind: 'plan', targetId: 'pro', targetName: '', actorName: 'eve@example.org' }),
  ];
  const { user, router } = renderApp(world, '/admin/audit');
  const list = within(await screen.findByRole('list', { name: 'Audit log' }));
  const [first] = list.getAllByRole('listitem');
  expect(first).toHaveTextContent(/Changed an account's rolegrace@example\.org.*by ada@example\.org.*from 192\.0\.2\.17.*Roleuser\s*admin/);
  await user.click(list.getByRole('button', { name: 'eve@example.org' }));
  expect(await screen.findByDisplayValue('eve@example.org')).toBeVisible();
  await screen.findByText('Changed a plan', { selector: 'b' });
  await waitFor(() => expect(list.queryByText('grace@example.org')).not.toBeInTheDocument());
  expect(router.state.location.search).toEqual({ actor: 'eve@example.org' });
  await user.selectOptions(screen.getByRole('combobox', { name: 'Action' }), 'Agents: all');
  expect(await screen.findByText('No matches')).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'Clear filters' }));
  expect(await screen.findByText('Enrolled as an agent', { selector: 'b' })).toBeVisible();
  await user.type(screen.getByLabelText('From'), '2026-11-25');
  await waitFor(() => expect(decodeURIComponent(world.admin.asked.at(-1) ?? '')).toMatch(/^\?from=2026-11-2[45]T.*&limit=50$/));
  await user.type(screen.getByLabelText('By'), 'ada@example.org{Enter}');
  await waitFor(() => expect(decodeURIComponent(world.admin.asked.at(-1) ?? '')).toMatch(/actor=ada@example\.org/));
});

it('older audit entries load on demand', async () => {
  const world = new World();
  world.admin.audit = Array.from({ length: 60 }, (_, at) => makeAuditEntry(60 - at));
  const { user } = renderApp(world, '/admin/audit');
  expect(await screen.findByText('entry 11')).toBeVisible();
  expect(screen.queryByText('entry 10')).not.toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'Show older' }));
  expect(await screen.findByText('entry 1')).toBeVisible();
  expect(screen.queryByRole('button', { name: 'Show older' })).not.toBeInTheDocument();
});

it('the integrity check passes, or names the broken entry', async () => {
  const world = new World();
  world.admin.check = { intact: true, entries: 2, headId: 2, headHash: 'cd'.repeat(32), brokenId: 0, fault: '' };
  const { user } = renderApp(world, '/admin/audit');
  await user.click(await screen.findByRole('button', { name: 'Check integrity' }));
  expect(await screen.findByText('Intact')).toBeVisible();
  expect(screen.getByText(`2 ${'cd'.repeat(32)}`)).toBeVisible();
  const close = screen.getAllByRole('button', { name: 'Close' }).at(-1);
  if (close) await user.click(close);
  world.admin.check = { intact: false, entries: 2, headId: 1, headHash: '', brokenId: 2, fault: 'Its content was changed after it was written.' };
  await user.click(screen.getByRole('button', { name: 'Check integrity' }));
  expect(await screen.findByText('Broken at entry 2')).toBeVisible();
  expect(screen.getByText('Its content was changed after it was written.')).toBeVisible();
});

it('security events are filtered by kind, account and address', async () => {
  const world = new World();
  world.admin.events = [makeSecurityEvent(2), makeSecurityEvent(1, { kind: 'login', userEmail: 'ada@example.org', ip: '192.0.2.17', detail: '' })];
  const { user } = renderApp(world, '/admin/audit/security');
  expect(await screen.findByText('wrong password')).toBeVisible();
  await user.selectOptions(screen.getByRole('combobox', { name: 'Kind' }), 'Signed in');
  expect(await screen.findByRole('button', { name: 'ada@example.org' })).toBeVisible();
  await waitFor(() => expect(screen.queryByText('wrong password')).not.toBeInTheDocument());
  await user.click(screen.getByRole('button', { name: '192.0.2.17' }));
  expect(await screen.findByDisplayValue('192.0.2.17')).toBeVisible();
});

it('mails say why they were not sent', async () => {
  const world = new World();
  world.admin.mails = [makeMail(), makeMail({ to: 'typo@example.invalid', state: 'failed', attempts: 3, lastError: 'The mail provider answered 422.' })];
  const { user } = renderApp(world, '/admin/audit/mails');
  expect(await screen.findByText(/Not sent: The mail provider answered 422/)).toBeVisible();
  await user.selectOptions(screen.getByRole('combobox', { name: 'State' }), 'Sent');
  await waitFor(() => expect(screen.queryByText(/typo@/)).not.toBeInTheDocument());
  expect(await screen.findByText('to grace@example.org')).toBeVisible();
});
