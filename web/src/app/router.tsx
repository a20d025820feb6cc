import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
  stripSearchParams,
} from '@tanstack/react-router';

import { meQuery } from '@/features/auth/api';

import { NotFound } from './routes/not-found';
import { PageError } from './routes/page-error';
import { anyJobSearch, auditSearch, invitationSearch, listDefaults, listSearch, mailSearch, nextSearch, securitySearch, tokenSearch, userSearch } from './search';

interface RouterContext {
  queryClient: QueryClient;
}

const root = createRootRouteWithContext<RouterContext>()({ component: Outlet, notFoundComponent: NothingHere });

function NothingHere() {
  return (
    <main>
      <NotFound />
    </main>
  );
}

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

const signedInRoute = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  beforeLoad: async ({ context, location }) => {
    const me = await context.queryClient.query({ ...meQuery(), staleTime: 'static' });
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- the router's way to redirect
    if (!me) throw redirect({ to: '/login', search: { next: location.href }, replace: true });
    return { me };
  },
  component: lazyRouteComponent(() => import('./routes/signed-in-routes'), 'ShellRoute'),
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

const adminRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/admin',
  component: lazyRouteComponent(() => import('./routes/admin-routes'), 'AdminRoute'),
});

const adminStartRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/',
  beforeLoad: () => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- the router's way to redirect
    throw redirect({ to: '/admin/agents', replace: true });
  },
});

const agentsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/agents',
  component: lazyRouteComponent(() => import('./routes/admin-routes'), 'AgentsRoute'),
});

const providersRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/providers',
  component: lazyRouteComponent(() => import('./routes/admin-routes'), 'ProvidersRoute'),
});

const storageRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/storage',
  component: lazyRouteComponent(() => import('./routes/storage-route'), 'StorageRoute'),
});

const usersRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/users',
  validateSearch: userSearch,
  component: lazyRouteComponent(() => import('./routes/admin-routes'), 'UsersRoute'),
});

const invitationsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/users/invitations',
  component: lazyRouteComponent(() => import('./routes/admin-routes'), 'InvitationsRoute'),
});

const anyJobsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/jobs',
  validateSearch: anyJobSearch,
  component: lazyRouteComponent(() => import('./routes/admin-job-routes'), 'AnyJobsRoute'),
});

/** Its address keeps the filters of the list that leads to it. */
const anyJobRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/jobs/$jobId',
  validateSearch: anyJobSearch,
  component: lazyRouteComponent(() => import('./routes/admin-job-routes'), 'AnyJobRoute'),
});

const bulkActsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/jobs/acts',
  component: lazyRouteComponent(() => import('./routes/admin-job-routes'), 'BulkActsRoute'),
});

const auditRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/audit',
  validateSearch: auditSearch,
  component: lazyRouteComponent(() => import('./routes/audit-routes'), 'AuditRoute'),
});

const securityRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/audit/security',
  validateSearch: securitySearch,
  component: lazyRouteComponent(() => import('./routes/audit-routes'), 'SecurityRoute'),
});

const mailsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/audit/mails',
  validateSearch: mailSearch,
  component: lazyRouteComponent(() => import('./routes/audit-routes'), 'MailsRoute'),
});

/** Everything else, within the frame of the app. */
const restRoute = createRoute({ getParentRoute: () => signedInRoute, path: '$', component: () => <NotFound /> });

const adminTree = adminRoute.addChildren([
  adminStartRoute, anyJobsRoute, anyJobRoute, bulkActsRoute, agentsRoute, providersRoute, storageRoute, usersRoute, invitationsRoute, auditRoute, securityRoute, mailsRoute,
]);

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
