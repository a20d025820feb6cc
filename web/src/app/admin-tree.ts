import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { signedInRoute } from './base-routes';
import { anyJobSearch, auditSearch, blockSearch, mailSearch, noticeSearch, securitySearch, userSearch } from './search';

const adminRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/admin',
  component: lazyRouteComponent(() => import('./routes/admin-routes'), 'AdminRoute'),
});

const adminStartRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/',
  component: lazyRouteComponent(() => import('./routes/overview-route'), 'OverviewRoute'),
});

const agentsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/agents',
  component: lazyRouteComponent(() => import('./routes/admin-routes'), 'AgentsRoute'),
});

const agentRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/agents/$agentId',
  component: lazyRouteComponent(() => import('./routes/agent-route'), 'AgentRoute'),
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

const plansRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/users/plans',
  component: lazyRouteComponent(() => import('./routes/user-routes'), 'PlansRoute'),
});

const announcementRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/users/announcement',
  component: lazyRouteComponent(() => import('./routes/user-routes'), 'AnnouncementRoute'),
});

const userRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/users/$userId',
  component: lazyRouteComponent(() => import('./routes/user-routes'), 'UserRoute'),
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

const flagsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/features',
  component: lazyRouteComponent(() => import('./routes/admin-routes'), 'FlagsRoute'),
});

const noticesRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/notices',
  validateSearch: noticeSearch,
  component: lazyRouteComponent(() => import('./routes/notice-routes'), 'NoticesRoute'),
});

const noticeRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: '/notices/$noticeId',
  component: lazyRouteComponent(() => import('./routes/notice-routes'), 'NoticeRoute'),
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
  adminStartRoute, anyJobsRoute, anyJobRoute, bulkActsRoute, blocksRoute, flagsRoute, noticesRoute, noticeRoute, agentsRoute, agentRoute, providersRoute, storageRoute, usersRoute, invitationsRoute, plansRoute, announcementRoute, userRoute, auditRoute, securityRoute, mailsRoute,
]);
