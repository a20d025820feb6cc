import { createRoute, lazyRouteComponent, stripSearchParams } from '@tanstack/react-router';

import { root } from './base-routes';
import { tokenSearch } from './search';

const termsRoute = createRoute({
  getParentRoute: () => root,
  path: '/terms',
  component: lazyRouteComponent(() => import('./routes/legal-routes'), 'TermsRoute'),
});

const privacyRoute = createRoute({
  getParentRoute: () => root,
  path: '/privacy',
  component: lazyRouteComponent(() => import('./routes/legal-routes'), 'PrivacyRoute'),
});

const dmcaRoute = createRoute({
  getParentRoute: () => root,
  path: '/dmca',
  component: lazyRouteComponent(() => import('./routes/legal-routes'), 'DmcaRoute'),
});

const takedownRoute = createRoute({
  getParentRoute: () => root,
  path: '/dmca/notice',
  component: lazyRouteComponent(() => import('./routes/legal-routes'), 'TakedownRoute'),
});

const takedownStatusRoute = createRoute({
  getParentRoute: () => root,
  path: '/dmca/status',
  validateSearch: tokenSearch,
  search: { middlewares: [stripSearchParams({ token: '' })] },
  component: lazyRouteComponent(() => import('./routes/legal-routes'), 'TakedownStatusRoute'),
});

/** The pages that anyone reads, signed in or not. */
export const legalRoutes = [termsRoute, privacyRoute, dmcaRoute, takedownRoute, takedownStatusRoute] as const;
