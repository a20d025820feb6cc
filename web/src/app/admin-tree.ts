import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';

import { signedInRoute } from './base-routes';
import { anyJobSearch, auditSearch, blockSearch, mailSearch, securitySearch, userSearch } from './search';

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

const blocksRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/blocks',
  validateSearch: blockSearch,
  component: lazyRouteComponent(() => import('./routes/admin-job-routes'), 'BlocksRoute'),
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

/** The pages of administrators. */
export const adminTree = adminRoute.addChildren([
  adminStartRoute, anyJobsRoute, anyJobRoute, bulkActsRoute, blocksRoute, agentsRoute, providersRoute, storageRoute, usersRoute, invitationsRoute, auditRoute, securityRoute, mailsRoute,
]);
