import { screen, within } from '@testing-library/react';
import { renderApp } from '@test/render-app';
import { World } from '@test/world';
import { describe, expect, it } from 'vitest';

describe('legal pages', () => {
  it('are read by strangers, with HTML as text', async () => {
    const { user, container } = renderApp(new World(), '/login');
    await screen.findByRole('button', { name: 'Sign in' });
    await user.click(screen.getByRole('link', { name: 'Terms' }));
    expect(await screen.findByRole('heading', { level: 1, name: 'Terms of use' })).toBeVisible();
    expect(await screen.findByText(/has not named themself/)).toBeVisible();
    expect(screen.getByText(/stays text/)).toHaveTextContent('<img src=x onerror=alert(1)> stays text.');
    expect(container.querySelector('img')).toBeNull();
    expect(screen.getByRole('cell', { name: 'cookie' })).toHaveAttribute('data-label', 'Kind');
    expect(screen.getByRole('link', { name: 'legal@example.com' })).toHaveAttribute('href', 'mailto:legal@example.com');
    await user.click(screen.getByRole('link', { name: 'privacy page' }));
    expect(await screen.findByRole('heading', { level: 1, name: 'Privacy' })).toBeVisible();
  });
});

describe('the notice form', () => {
  it('asks for everything, keeps what was typed, and sends each work with its locations', async () => {
    const world = new World();
    const { user } = renderApp(world, '/dmca');
    await user.click(await screen.findByRole('link', { name: 'Send a notice' }));
    await user.click(await screen.findByRole('button', { name: 'Send notice' }));
    expect((await screen.findAllByText('A notice needs this.')).length).toBeGreaterThan(1);
    expect(screen.getByLabelText('Copyrighted work')).toHaveFocus();
    await user.type(screen.getByLabelText('Copyrighted work'), 'One');
    await user.type(screen.getByLabelText('Where it is here'), 'aa\nbb');
    await user.click(screen.getByRole('button', { name: 'Add another work' }));
    const second = within(screen.getByRole('group', { name: 'Work 2' }));
    await user.type(second.getByLabelText('Copyrighted work'), 'Two');
    await user.type(second.getByLabelText('Where it is here'), 'refused');
    for (const label of ['Full name', 'Postal address', 'Signature']) await user.type(screen.getByLabelText(label), 'x');
    await user.type(screen.getByLabelText('E-mail address'), 'a@b.c');
    for (const box of screen.getAllByRole('checkbox')) await user.click(box);
    await user.click(screen.getByRole('button', { name: 'Send notice' }));
    expect(await screen.findByText(/at most 4096 bytes/)).toBeVisible();
    await user.clear(second.getByLabelText('Where it is here'));
    await user.type(second.getByLabelText('Where it is here'), 'cc');
    await user.click(screen.getByRole('button', { name: 'Send notice' }));
    expect(await screen.findByText('LH-7Q2M4X8R1K')).toBeVisible();
    expect(world.legal.sent).toHaveLength(1);
    expect(world.legal.sent[0]).toMatchObject({ claims: [{ work: 'One', locations: ['aa', 'bb'] }, { work: 'Two', locations: ['cc'] }], email: 'a@b.c', goodFaith: true, accuracy: true });
    await user.click(screen.getByRole('link', { name: 'See what became of it' }));
    expect(await screen.findByText(/the owner objected/)).toBeVisible();
    expect(screen.getByText('2 locations, 2 blocked now')).toBeVisible();
  });

  it('says when a link leads to no notice', async () => {
    renderApp(new World(), '/dmca/status?token=made-up');
    expect(await screen.findByText('No notice has this link')).toBeVisible();
  });
});
