import { http } from 'msw';
import { setupServer } from 'msw/node';

import type { World } from './world';

/** The network of the tests. Without a world, every request fails the test. */
export const server = setupServer();

/** Lets a world answer the API. */
export function serve(world: World): void {
  server.use(http.all('*/api/v1/*', ({ request }) => world.answer(request)));
}
