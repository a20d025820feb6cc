import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { HistoryOf } from '@/features/audit/components/history-of';
import { noticeQuery, type NoticeView } from '@/features/notices/api';
import { NoticeDetailPage } from '@/features/notices/components/notice-detail';
import { NoticesPage } from '@/features/notices/components/notices-page';
import { OwnNoticesPage } from '@/features/notices/components/own-notices';
import { Reauth } from '@/features/settings/components/reauth';
import { given } from '@/lib/given';
import { hasCode, problemCode } from '@/lib/problem';

import './admin-messages/catalogue';
import { NotFound } from './not-found';

const list = getRouteApi('/signed-in/admin/notices');
const one = getRouteApi('/signed-in/admin/notices/$noticeId');
const own = getRouteApi('/signed-in/notices');

/** The takedown notices. */
export function NoticesRoute() {
  const { q = '', show = 'open' } = list.useSearch();
  const navigate = list.useNavigate();
  const view: NoticeView = { q, show };
  return (
    <NoticesPage
      view={view}
      onView={(change) => {
        const next = { ...view, ...change };
        void navigate({ search: { ...given({ q: next.q }), ...(next.show !== 'open' && { show: next.show }) }, resetScroll: false });
      }}
      onRecorded={(noticeId) => void navigate({ to: '/admin/notices/$noticeId', params: { noticeId } })}
    />
  );
}

/** A takedown notice. */
export function NoticeRoute() {
  const { t } = useTranslation('adminPages');
  const { noticeId } = one.useParams();
  const { error } = useQuery(noticeQuery(noticeId));
  if (hasCode(error, problemCode.notFound)) return <NotFound title={t('noticeRoutes.noticeNotFound')} text={t('noticeRoutes.checkItsAddress')} />;
  return <NoticeDetailPage key={noticeId} id={noticeId} history={<HistoryOf target={noticeId} />} />;
}

/** The notices that block the reader's downloads. */
export function OwnNoticesRoute() {
  const { me } = own.useRouteContext();
  return (
    <Reauth me={me}>
      <OwnNoticesPage />
    </Reauth>
  );
}
