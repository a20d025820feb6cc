import type { QueryClient } from '@tanstack/react-query';
import { createRoute, createRouter, lazyRouteComponent, stripSearchParams } from '@tanstack/react-router';

import { adminTree } from './admin-tree';
import { NothingHere, root, signedInRoute } from './base-routes';
import { NotFound } from './routes/not-found';
import { PageError } from './routes/page-error';
import { invitationSearch, listDefaults, listSearch, nextSearch, tokenSearch } from './search';

const loginRoute = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: nextSearch,
  component: lazyRouteComponent(() => import('./routes/auth-routes'), 'LoginRoute'),
});

const setupRoute = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  validateSearch: tokenSearch,
  component: lazyRouteComponent(() => import('./routes/auth-routes'), 'SetupRoute'),
});

const registerRoute = createRoute({
  getParentRoute: () => root,
  path: '/register',
  validateSearch: invitationSearch,
  search: { middlewares: [stripSearchParams({ invitation: '' })] },
  component: lazyRouteComponent(() => import('./routes/auth-routes'), 'RegisterRoute'),
});

const verifyRoute = createRoute({
  getParentRoute: () => root,
  path: '/verify',
  validateSearch: tokenSearch,
  search: { middlewares: [stripSearchParams({ token: '' })] },
  component: lazyRouteComponent(() => import('./routes/auth-routes'), 'VerifyRoute'),
});

const confirmEmailRoute = createRoute({
  getParentRoute: () => root,
  path: '/confirm-email',
  validateSearch: tokenSearch,
  search: { middlewares: [stripSearchParams({ token: '' })] },
  component: lazyRouteComponent(() => import('./routes/auth-routes'), 'ConfirmEmailRoute'),
});

const resetRoute = createRoute({
  getParentRoute: () => root,
  path: '/reset',
  component: lazyRouteComponent(() => import('./routes/auth-routes'), 'ResetRoute'),
});

const resetConfirmRoute = createRoute({
  getParentRoute: () => root,
  path: '/reset/confirm',
  validateSearch: tokenSearch,
  search: { middlewares: [stripSearchParams({ token: '' })] },
  component: lazyRouteComponent(() => import('./routes/auth-routes'), 'ResetConfirmRoute'),
});

const dashboardRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/',
  validateSearch: listSearch,
  search: { middlewares: [stripSearchParams(listDefaults)] },
  component: lazyRouteComponent(() => import('./routes/signed-in-routes'), 'DashboardRoute'),
});

const jobRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/jobs/$jobId',
  component: lazyRouteComponent(() => import('./routes/job-routes'), 'JobRoute'),
});

const playRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/jobs/$jobId/play/$fileId',
  component: lazyRouteComponent(() => import('./routes/job-routes'), 'PlayRoute'),
});

const settingsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/settings',
  component: lazyRouteComponent(() => import('./routes/settings-routes'), 'SettingsRoute'),
});

const usageRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/usage',
  component: lazyRouteComponent(() => import('./routes/settings-routes'), 'UsageRoute'),
});

/** Everything else, within the frame of the app. */
const restRoute = createRoute({ getParentRoute: () => signedInRoute, path: '$', component: () => <NotFound /> });

const tree = root.addChildren([
  loginRoute,
  setupRoute,
  registerRoute,
  verifyRoute,
  confirmEmailRoute,
  resetRoute,
  resetConfirmRoute,
  signedInRoute.addChildren([dashboardRoute, jobRoute, playRoute, settingsRoute, usageRoute, adminTree, restRoute]),
]);

/** Returns the router of one page. */
export function newRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { queryClient },
    defaultPreload: 'intent',
    defaultErrorComponent: PageError,
    defaultNotFoundComponent: NothingHere,
    scrollRestoration: true,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof newRouter>;
  }
}
