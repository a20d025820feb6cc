import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router';

import { shownQuery } from '@/features/announcement/api';
import { meQuery } from '@/features/auth/api';

import { PageAnnouncer } from './page-announcer';
import { NotFound } from './routes/not-found';

interface RouterContext {
  queryClient: QueryClient;
}

/** The root of all pages. */
export const root = createRootRouteWithContext<RouterContext>()({ component: Frame, notFoundComponent: NothingHere });

/** What all pages share. */
function Frame() {
  return (
    <>
      <Outlet />
      <PageAnnouncer />
    </>
  );
}

/** Loads the announcement with the page, which would move if it came later. It waits for no more than a second. */
async function announcementFirst({ queryClient }: RouterContext): Promise<void> {
  const loaded = queryClient.query({ ...shownQuery(true), staleTime: 'static', retry: false }).catch(() => undefined);
  await Promise.race([loaded, new Promise((done) => setTimeout(done, 1_000))]);
}

/** The page for an address without one. */
export function NothingHere() {
  return (
    <main>
      <NotFound />
    </main>
  );
}

/** The frame of the pages that need an account. */
export const signedInRoute = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  beforeLoad: async ({ context, location }) => {
    const me = await context.queryClient.query({ ...meQuery(), staleTime: 'static' });
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- the router's way to redirect
    if (!me) throw redirect({ to: '/login', search: { next: location.href }, replace: true });
    return { me };
  },
  loader: ({ context }) => announcementFirst(context),
  component: lazyRouteComponent(() => import('./routes/signed-in-routes'), 'ShellRoute'),
});
