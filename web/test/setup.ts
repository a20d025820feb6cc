import '@testing-library/jest-dom/vitest';

import { cleanup, configure } from '@testing-library/react';
import { notifications } from '@mantine/notifications';
import { afterAll, afterEach, beforeAll, vi } from 'vitest';

import { FakeEventSource } from './event-source';
import { server } from './msw';

// Pages load in chunks, and a busy machine takes its time.
configure({ asyncUtilTimeout: 15_000 });

// The parts of a browser that jsdom lacks.
class NoResizeObserver implements ResizeObserver {
  observe = () => undefined;
  unobserve = () => undefined;
  disconnect = () => undefined;
}

vi.stubGlobal('ResizeObserver', NoResizeObserver);
vi.stubGlobal('IntersectionObserver', NoResizeObserver);
vi.stubGlobal('EventSource', FakeEventSource);
vi.stubGlobal('scrollTo', () => undefined);
vi.stubGlobal('matchMedia', (query: string) => ({
  matches: false,
  media: query,
  onchange: null,
  addListener: () => undefined,
  removeListener: () => undefined,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
  dispatchEvent: () => false,
}));
Element.prototype.scrollIntoView = () => undefined;
// The virtual lists measure; without layout every row has the same height.
Object.defineProperties(HTMLElement.prototype, {
  offsetHeight: { configurable: true, get: () => 80 },
  // Only for scrolling regions: menus hide when the page seems to have no room for them.
  clientHeight: {
    configurable: true,
    get(this: HTMLElement) {
      return this.getAttribute('role') === 'region' ? 600 : 0;
    },
  },
});

beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterEach(() => {
  cleanup();
  notifications.clean();
  server.resetHandlers();
  FakeEventSource.forget();
});
afterAll(() => server.close());
