import type { QueryClient } from '@tanstack/react-query';
import { createRoute, createRouter, lazyRouteComponent, stripSearchParams } from '@tanstack/react-router';

import { adminTree } from './admin-tree';
import { NothingHere, root, signedInRoute } from './base-routes';
import { legalRoutes } from './legal-tree';
import { NotFound } from './routes/not-found';
import { PageError } from './routes/page-error';
import { connectSearch, invitationSearch, librarySearch, listDefaults, listSearch, nextSearch, tokenSearch, toldSearch, visitSearch } from './search';

const loginRoute = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: nextSearch,
  component: lazyRouteComponent(() => import('./routes/login-route'), 'LoginRoute'),
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
  component: lazyRouteComponent(() => import('./routes/play-route'), 'PlayRoute'),
});

const libraryRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/files',
  validateSearch: librarySearch,
  component: lazyRouteComponent(() => import('./routes/library-routes'), 'LibraryRoute'),
});

const libraryFileRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/files/$fileId',
  validateSearch: librarySearch,
  component: lazyRouteComponent(() => import('./routes/library-file-route'), 'LibraryFileRoute'),
});

const settingsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/settings',
  component: lazyRouteComponent(() => import('./routes/settings-routes'), 'SettingsRoute'),
});

const connectRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/connect',
  validateSearch: connectSearch,
  component: lazyRouteComponent(() => import('./routes/connect-route'), 'ConnectRoute'),
});

const toldRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/notifications',
  validateSearch: toldSearch,
  component: lazyRouteComponent(() => import('./routes/notification-routes'), 'ToldRoute'),
});

const notificationsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/settings/notifications',
  component: lazyRouteComponent(() => import('./routes/notification-routes'), 'NotificationsRoute'),
});

const usageRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/usage',
  component: lazyRouteComponent(() => import('./routes/settings-routes'), 'UsageRoute'),
});

const trashRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/trash',
  component: lazyRouteComponent(() => import('./routes/trash-route'), 'TrashRoute'),
});

const helpRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/help',
  component: lazyRouteComponent(() => import('./routes/help-route'), 'HelpRoute'),
});

const extensionRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/extension',
  component: lazyRouteComponent(() => import('./routes/extension-route'), 'ExtensionRoute'),
});

const ownNoticesRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/notices',
  component: lazyRouteComponent(() => import('./routes/notice-routes'), 'OwnNoticesRoute'),
});

const sharesRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/shares',
  component: lazyRouteComponent(() => import('./routes/share-routes'), 'SharesRoute'),
});

/** The page of a share, which needs no account. */
const visitorRoute = createRoute({
  getParentRoute: () => root,
  path: '/s/$token',
  validateSearch: visitSearch,
  component: lazyRouteComponent(() => import('./routes/visitor-route'), 'VisitorRoute'),
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
  visitorRoute,
  signedInRoute.addChildren([dashboardRoute, jobRoute, playRoute, libraryRoute, libraryFileRoute, settingsRoute, connectRoute, notificationsRoute, toldRoute, usageRoute, trashRoute, helpRoute, extensionRoute, ownNoticesRoute, sharesRoute, adminTree, restRoute]),
  ...legalRoutes,
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
