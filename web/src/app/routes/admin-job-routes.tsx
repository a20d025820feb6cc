import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { agentsQuery } from '@/features/agents/api';
import type { BlockView } from '@/features/blocks/api';
import { BlocksPage } from '@/features/blocks/components/blocks-page';
import { BulkPage } from '@/features/jobs/bulk/bulk-page';
import { anyJobQuery } from '@/features/jobs/everybody/api';
import { AnyDetail } from '@/features/jobs/everybody/any-detail';
import { AnyPage } from '@/features/jobs/everybody/any-page';
import { everything, type AnyView } from '@/features/jobs/everybody/view';
import { given } from '@/lib/given';
import { hasCode, problemCode } from '@/lib/problem';

import './admin-messages/catalogue';
import classes from './job-page.module.css';
import { NotFound } from './not-found';

const list = getRouteApi('/signed-in/admin/jobs');
const blocks = getRouteApi('/signed-in/admin/blocks');
const one = getRouteApi('/signed-in/admin/jobs/$jobId');

/** The downloads of all accounts. */
export function AnyJobsRoute() {
  const view: AnyView = { ...everything, ...list.useSearch() };
  const navigate = list.useNavigate();
  const { data: agents = [] } = useQuery({ ...agentsQuery(), refetchInterval: false });
  return (
    <AnyPage
      view={view}
      agents={agents}
      onView={(change) => {
        const { provider, sort, ...texts } = { ...view, ...change };
        void navigate({
          search: { ...given(texts), ...(provider !== '' && { provider }), ...(sort !== everything.sort && { sort }) },
          resetScroll: false,
        });
      }}
    />
  );
}

/** The acts on many downloads. */
export function BulkActsRoute() {
  return <BulkPage />;
}

/** Content that is refused here. */
export function BlocksRoute() {
  const { q = '', kind = '', lifted = false, add } = blocks.useSearch();
  const navigate = blocks.useNavigate();
  const view: BlockView = { q, kind, lifted };
  return (
    <BlocksPage
      view={view}
      add={add}
      onView={(change) => {
        const next = { ...view, ...change };
        void navigate({ search: { ...given({ q: next.q }), ...(next.kind !== '' && { kind: next.kind }), ...(next.lifted && { lifted: true }) }, resetScroll: false });
      }}
      onAdded={() => void navigate({ search: (search) => ({ ...search, add: undefined }), replace: true })}
    />
  );
}

/** A download of any account. */
export function AnyJobRoute() {
  const { t } = useTranslation('adminPages');
  const { jobId } = one.useParams();
  const navigate = one.useNavigate();
  const { error } = useQuery(anyJobQuery(jobId));
  if (hasCode(error, problemCode.notFound)) return <NotFound title={t('adminJobRoutes.downloadNotFound')} text={t('adminJobRoutes.itMayHave')} />;
  return (
    <div className={classes.page}>
      <AnyDetail key={jobId} jobId={jobId} onDeleted={() => void navigate({ to: '/admin/jobs', search: (search) => search, replace: true })} />
    </div>
  );
}
