import { act, render, screen } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { HttpResponse, http } from 'msw';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { server } from '@test/msw';

import { browser, MissingPart } from '@/app/routes/missing-part';
import { PageError } from '@/app/routes/page-error';
import { Providers } from '@/app/providers';
import { forget } from '@/lib/kept';
import { isMissingPart, markMissingParts } from '@/lib/missing-part';
import { newQueryClient } from '@/lib/query-client';

function open(page = <MissingPart />) {
  const reload = vi.spyOn(browser, 'reload').mockReturnValue();
  render(
    <Providers queryClient={newQueryClient()} env="test">
      {page}
    </Providers>,
  );
  return reload;
}

const up = () => server.use(http.head('*/', () => new HttpResponse(null)));
const down = () => server.use(http.head('*/', () => HttpResponse.error()));

describe('a part of the app that does not load', () => {
  beforeEach(() => {
    document.head.innerHTML = '<script type="module" src="/assets/index-1.js"></script>';
    forget('session', 'longhaul-reloaded-build');
  });

  it('reloads the page once, then explains and lets the reader reload', async () => {
    up();
    const reload = open();
    await vi.waitFor(() => expect(reload).toHaveBeenCalledOnce());
    open();
    expect(await screen.findByText("This page didn't load")).toBeVisible();
    await userEvent.setup().click(screen.getByRole('button', { name: 'Reload' }));
    await vi.waitFor(() => expect(reload).toHaveBeenCalledTimes(2));
  });

  it('reloads again after the next release', async () => {
    up();
    const reload = open();
    await vi.waitFor(() => expect(reload).toHaveBeenCalledOnce());
    document.head.innerHTML = '<script type="module" src="/assets/index-2.js"></script>';
    open();
    await vi.waitFor(() => expect(reload).toHaveBeenCalledTimes(2));
  });

  it('keeps the page while the server cannot be reached, and reloads when the network is back', async () => {
    down();
    const reload = open();
    expect(await screen.findByText("Can't reach the server")).toBeVisible();
    expect(reload).not.toHaveBeenCalled();
    up();
    act(() => void globalThis.dispatchEvent(new Event('online')));
    await vi.waitFor(() => expect(reload).toHaveBeenCalledOnce());
  });

  it('never reloads unasked where the browser keeps nothing, as it would for ever', async () => {
    up();
    vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    const reload = open();
    expect(await screen.findByText("This page didn't load")).toBeVisible();
    expect(reload).not.toHaveBeenCalled();
  });

  it('is told from other faults of a page, and hidden from the reload of the router', () => {
    up();
    markMissingParts();
    const payload = new TypeError('Failed to fetch dynamically imported module: /assets/job-1.js');
    globalThis.dispatchEvent(Object.assign(new Event('vite:preloadError'), { payload }));
    expect(isMissingPart(payload)).toBe(true);
    expect(payload.message).not.toMatch(/^Failed to fetch/);
    expect(isMissingPart(new TypeError('Failed to fetch'))).toBe(false);
    open(<PageError error={new Error('x')} reset={() => undefined} />);
    expect(screen.getByText("Couldn't show this page")).toBeVisible();
  });
});
