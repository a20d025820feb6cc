import { screen, waitFor } from '@testing-library/react';
import { renderApp } from '@test/render-app';
import { World } from '@test/world';
import { describe, expect, it } from 'vitest';

const announced = () => document.querySelector('[data-page-announcer]')?.textContent;

describe('a change of page', () => {
  it('is announced by the title, and moves the focus to the content', async () => {
    const { user } = renderApp(new World(), '/');
    const link = await screen.findByRole('link', { name: 'Usage' });
    expect(announced()).toBe('');
    await user.click(link);
    await waitFor(() => expect(announced()).toBe('Usage'));
    expect(screen.getByRole('main')).toHaveFocus();
    await user.click(screen.getByRole('link', { name: 'Settings' }));
    await waitFor(() => expect(announced()).toBe('Settings'));
  });

  it('leaves the focus where a filter of the same page has it', async () => {
    const { user } = renderApp(new World(), '/');
    const search = await screen.findByRole('searchbox');
    await user.type(search, 'x');
    await waitFor(() => expect(search).toHaveFocus());
    expect(announced()).toBe('');
  });
});
