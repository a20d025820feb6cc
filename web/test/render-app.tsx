import { createMemoryHistory, RouterProvider } from '@tanstack/react-router';
import { render } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';

import { Providers } from '@/app/providers';
import { newRouter } from '@/app/router';
import { watchSessionEnd } from '@/app/session-end';
import { newQueryClient } from '@/lib/query-client';

import { serve } from './msw';
import type { World } from './world';

/** Renders the app at an address, with a world as its server, and returns what a test needs. */
export function renderApp(world: World, address: string) {
  serve(world);
  const queryClient = newQueryClient();
  queryClient.setDefaultOptions({ queries: { ...queryClient.getDefaultOptions().queries, retry: false } });
  const router = newRouter(queryClient);
  router.update({ ...router.options, history: createMemoryHistory({ initialEntries: [address] }) });
  watchSessionEnd(queryClient, router);
  const view = render(
    <Providers queryClient={queryClient} env="test">
      <RouterProvider router={router} />
    </Providers>,
  );
  return { ...view, queryClient, router, user: userEvent.setup() };
}
