import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Outlet } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { ErrorNotice } from '@/components/notice';
import { Page } from '@/components/page';
import { SectionNav } from '@/components/section-nav';
import { AgentsPage } from '@/features/agents/components/agents-page';
import { configQuery } from '@/features/auth/api';
import { FlagsPage } from '@/features/flags/components/flags-page';
import { ProvidersPage } from '@/features/providers/components/providers-page';
import { Reauth } from '@/features/settings/components/reauth';
import { InvitationsPage } from '@/features/users/components/invitations-page';
import { plansQuery } from '@/features/users/api';
import { UsersPage } from '@/features/users/components/users-page';
import { defaultUserSort } from '@/features/users/choices';
import type { UserView } from '@/features/users/user';
import { text } from '@/lib/messages';

import './admin-messages/catalogue';
import classes from './admin.module.css';
import { NotFound } from './not-found';

const admin = getRouteApi('/signed-in/admin');
const users = getRouteApi('/signed-in/admin/users');

const sections = [
  { to: '/admin', label: text('adminPages:adminRoutes.overview'), exact: true },
  { to: '/admin/jobs', label: text('adminPages:adminRoutes.allDownloads') },
  { to: '/admin/agents', label: text('adminPages:adminRoutes.agents') },
  { to: '/admin/providers', label: text('adminPages:adminRoutes.providers') },
  { to: '/admin/storage', label: text('adminPages:adminRoutes.storage') },
  { to: '/admin/users', label: text('adminPages:adminRoutes.users') },
  { to: '/admin/blocks', label: text('adminPages:adminRoutes.blockedContent') },
  { to: '/admin/notices', label: text('adminPages:adminRoutes.notices') },
  { to: '/admin/features', label: text('adminPages:adminRoutes.features') },
  { to: '/admin/audit', label: text('adminPages:adminRoutes.auditLog') },
] as const;

/** The frame of the admin pages. Everyone else gets "Page not found". */
export function AdminRoute() {
  const { t } = useTranslation('adminPages');
  const { me } = admin.useRouteContext();
  if (me.role !== 'admin') return <NotFound />;
  return (
    <Reauth me={me}>
      <div className={classes.sections}>
        <SectionNav label={t('adminRoutes.administration')} entries={sections} />
      </div>
      <Outlet />
    </Reauth>
  );
}

/** The agents. */
export function AgentsRoute() {
  return <AgentsPage />;
}

/** Where downloads are fetched. */
export function ProvidersRoute() {
  return <ProvidersPage />;
}

/** The features that can be switched off. */
export function FlagsRoute() {
  const { data: plans = [] } = useQuery(plansQuery());
  return <FlagsPage plans={plans} />;
}

/** The accounts. */
export function UsersRoute() {
  const { me } = admin.useRouteContext();
  const { q = '', state = '', role = '', plan = '', sort = defaultUserSort } = users.useSearch();
  const view: UserView = { q, state, role, plan, sort };
  const navigate = users.useNavigate();
  return (
    <UsersPage
      me={me}
      view={view}
      onView={(change) => {
        const next = { ...view, ...change };
        void navigate({
          search: {
            q: next.q || undefined,
            state: next.state || undefined,
            role: next.role || undefined,
            plan: next.plan || undefined,
            sort: next.sort === defaultUserSort ? undefined : next.sort,
          },
          replace: true,
          resetScroll: false,
        });
      }}
    />
  );
}

/** Registration and open invitations. */
export function InvitationsRoute() {
  const { t } = useTranslation('adminPages');
  const { data: config, error, refetch } = useQuery(configQuery());
  if (config) return <InvitationsPage config={config} onChanged={() => void refetch()} />;
  return (
    <Page title={t('adminRoutes.invitations')}>
      {error ? <ErrorNotice error={error} title={t('adminRoutes.couldntLoadThe')} retry={() => void refetch()} /> : <Skeleton height={220} radius="lg" />}
    </Page>
  );
}
