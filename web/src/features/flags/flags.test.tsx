import { screen, waitFor, within } from '@testing-library/react';
import { makeRule } from '@test/flags';
import { makeFile, makeJob, makeMe } from '@test/fixtures';
import { renderApp } from '@test/render-app';
import { confirmedAdmin } from '@test/world';
import { describe, expect, it } from 'vitest';

describe('features', () => {
  it('are switched off for everyone, with a reason', async () => {
    const world = confirmedAdmin();
    const { user } = renderApp(world, '/admin/features');
    const card = within(await screen.findByRole('listitem', { name: 'Web addresses' }));
    await user.click(card.getByRole('switch', { name: 'Web addresses for everyone' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Switch off: Web addresses' }));
    expect(dialog.getByText(/New web addresses are refused/)).toBeVisible();
    await user.type(dialog.getByLabelText('Reason'), 'abuse');
    await user.click(dialog.getByRole('button', { name: 'Switch off' }));
    expect(await screen.findByText('abuse')).toBeVisible();
    expect(world.changes).toContain('PUT /admin/flags/url_jobs {"enabled":false,"reason":"abuse"}');
    expect(card.getByRole('switch')).not.toBeChecked();
  });

  it('have exceptions, whose account has to exist', async () => {
    const world = confirmedAdmin();
    const { user } = renderApp(world, '/admin/features');
    await user.click(await screen.findByRole('button', { name: 'Add exception for Zip files' }));
    const dialog = within(await screen.findByRole('dialog'));
    await user.click(dialog.getByRole('button', { name: 'Add' }));
    expect(await dialog.findByText('Enter an e-mail address.')).toBeVisible();
    await user.type(dialog.getByLabelText('E-mail address'), 'no-one@example.org');
    await user.click(dialog.getByRole('button', { name: 'Add' }));
    expect(await dialog.findByText('There is no account with this address or id.')).toBeVisible();
    await user.click(dialog.getByText('A plan'));
    await user.click(dialog.getByRole('button', { name: 'Add' }));
    expect(await dialog.findByText('Choose a plan.')).toBeVisible();
    await user.selectOptions(dialog.getByLabelText('Plan'), 'pro');
    await user.click(dialog.getByRole('button', { name: 'Add' }));
    expect(await screen.findByText('Plan pro')).toBeVisible();
    expect(world.changes.at(-1)).toBe('PUT /admin/flags/archives {"enabled":false,"reason":"","plan":"pro"}');
  });

  it('lose an exception', async () => {
    const world = confirmedAdmin();
    const [flag] = world.features.flags;
    if (flag) flag.rules = [makeRule({ plan: 'pro', planName: 'Pro' })];
    const { user } = renderApp(world, '/admin/features');
    await user.click(await screen.findByRole('button', { name: 'Remove the exception for Plan Pro' }));
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Remove' }));
    await waitFor(() => expect(screen.queryByText('Plan Pro')).not.toBeInTheDocument());
  });
});

describe('what is switched off', () => {
  it('is refused before it is sent', async () => {
    const world = confirmedAdmin();
    world.me = makeMe({ featuresOff: ['url_jobs'] });
    const { user } = renderApp(world, '/');
    await user.type(await screen.findByLabelText(/Magnet links, URLs/), 'https://example.org/a.iso{Enter}');
    expect(await screen.findByText('Web addresses are switched off for your account.')).toBeVisible();
    expect(world.changes).toEqual([]);
  });

  it('is not offered', async () => {
    const world = confirmedAdmin();
    world.me = makeMe({ featuresOff: ['api_tokens', 'passkeys', 'archives'] });
    const job = makeJob({ state: 'ready', fileCount: 2 });
    world.jobs = [job];
    world.files.set(job.id, [makeFile(0, 'a.bin'), makeFile(1, 'b.bin')]);
    const { user } = renderApp(world, `/jobs/${job.id}`);
    expect((await screen.findAllByRole('button', { name: /^Download / })).length).toBeGreaterThan(0);
    expect(screen.queryByRole('button', { name: /as zip/ })).not.toBeInTheDocument();
    await user.click(screen.getByRole('link', { name: 'Settings' }));
    expect(await screen.findByText(/API tokens are switched off/)).toBeVisible();
    expect(screen.queryByRole('button', { name: 'New token' })).not.toBeInTheDocument();
    expect(await screen.findByText(/New passkeys, and signing in with a passkey alone/)).toBeVisible();
  });
});
