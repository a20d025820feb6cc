import { act, screen, waitFor } from '@testing-library/react';
import { FakeEventSource } from '@test/event-source';
import { makeJob } from '@test/fixtures';
import { server } from '@test/msw';
import { renderApp } from '@test/render-app';
import { makeShare } from '@test/shares';
import { World } from '@test/world';
import { http, HttpResponse } from 'msw';
import { afterEach, describe, expect, it, vi } from 'vitest';

function signedIn(): World {
  const world = new World();
  world.jobs = [makeJob({ name: 'Running one', state: 'downloading' })];
  return world;
}

async function openLive(world: World) {
  const view = renderApp(world, '/');
  await screen.findByText('Running one');
  act(() => {
    FakeEventSource.latest().accept();
    FakeEventSource.latest().send('beat', {}, '7');
  });
  await screen.findByText('Live');
  return view;
}

const notice = () => screen.getByRole('status', { name: 'Connection' });

describe('what another tab changed', () => {
  const tell = (part: string) => act(() => FakeEventSource.latest().send('changed', { part }));

  it('shows up in the library', async () => {
    const world = new World();
    renderApp(world, '/files');
    await screen.findByText('No files yet');
    world.library.addFile({ name: 'moved-here.mkv' });
    tell('library');
    expect(await screen.findByText('moved-here.mkv')).toBeVisible();
  });

  it('shows up among the shares', async () => {
    const world = new World();
    world.shares.list = [makeShare({ name: 'From here' })];
    renderApp(world, '/shares');
    await screen.findByText('From here');
    world.shares.list = [makeShare({ name: 'From elsewhere' })];
    tell('shares');
    expect(await screen.findByText('From elsewhere')).toBeVisible();
    expect(screen.queryByText('From here')).not.toBeInTheDocument();
  });

  it('shows up among the labels', async () => {
    const world = signedIn();
    await openLive(world);
    const label = world.labels.make('Lectures', 'teal');
    world.jobs = world.jobs.map((job) => ({ ...job, labels: [label.id] }));
    tell('labels');
    expect((await screen.findAllByText('Lectures'))[0]).toBeVisible();
  });
});

describe('the connection', () => {
  afterEach(() => void vi.useRealTimers());

  it('is reported as silent since when, in the badge and in a notice, and reported live again', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const world = signedIn();
    await openLive(world);
    expect(notice()).toBeEmptyDOMElement();
    server.use(http.get('*/api/v1/*', () => HttpResponse.error()));
    await act(() => vi.advanceTimersByTimeAsync(10_000));
    expect(screen.getByText(/^Stale since/)).toBeVisible();
    expect(notice()).toHaveTextContent(/The server hasn't responded since .* may be out of date/);
    expect(FakeEventSource.latest().url).toBe('/api/v1/events?lastEventId=7');
    const before = FakeEventSource.count();
    act(() => screen.getByRole('button', { name: 'Try now' }).click());
    expect(FakeEventSource.count()).toBe(before + 1);
    act(() => FakeEventSource.latest().accept());
    expect(notice()).toHaveTextContent('Live again.');
    expect(screen.queryByRole('button', { name: 'Try now' })).not.toBeInTheDocument();
  });

  it('is reported as polled where only the stream is blocked, and the list is read meanwhile', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const world = signedIn();
    await openLive(world);
    await act(() => vi.advanceTimersByTimeAsync(10_000));
    await waitFor(() => expect(screen.getByText('Every 15 s')).toBeVisible());
    world.jobs = [makeJob({ name: 'Another one' })];
    await act(() => vi.advanceTimersByTimeAsync(15_000));
    expect(await screen.findByText('Another one')).toBeVisible();
  });

  it('is reported as offline, with the time of what the page shows', async () => {
    await openLive(signedIn());
    const online = vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
    act(() => void globalThis.dispatchEvent(new Event('offline')));
    act(() => FakeEventSource.latest().fail(false));
    expect(screen.getByText('Offline')).toBeVisible();
    expect(notice()).toHaveTextContent(/You're offline. What you see is from/);
    online.mockReturnValue(true);
    act(() => void globalThis.dispatchEvent(new Event('online')));
    act(() => FakeEventSource.latest().accept());
    expect(screen.getByText('Live')).toBeVisible();
  });
});
