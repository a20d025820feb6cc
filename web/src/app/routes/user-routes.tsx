import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { AnnouncementPage } from '@/features/announcement/components/announcement-page';
import { RecordsOf } from '@/features/audit/components/records-of';
import { Strikes } from '@/features/notices/strikes';
import { UserShares } from '@/features/shares/components/user-shares';
import { userQuery } from '@/features/users/api';
import { PlansPage } from '@/features/users/components/plans-page';
import { UserPage } from '@/features/users/components/user-page';
import { UserTabs } from '@/features/users/components/user-tabs';
import { hasCode, problemCode } from '@/lib/problem';

import './admin-messages/catalogue';
import { NotFound } from './not-found';

const admin = getRouteApi('/signed-in/admin');
const user = getRouteApi('/signed-in/admin/users/$userId');

/** The plans. */
export function PlansRoute() {
  return <PlansPage />;
}

/** What everyone is told. */
export function AnnouncementRoute() {
  return <AnnouncementPage tabs={<UserTabs />} />;
}

/** One account. */
export function UserRoute() {
  const { t } = useTranslation('adminPages');
  const { me } = admin.useRouteContext();
  const { userId } = user.useParams();
  const navigate = user.useNavigate();
  const { error } = useQuery(userQuery(userId));
  if (hasCode(error, problemCode.notFound)) return <NotFound title={t('userRoutes.accountNotFound')} text={t('userRoutes.itMayHave')} />;
  return (
    <UserPage
      key={userId}
      userId={userId}
      isMe={userId === me.id}
      records={({ id, email }) => (
        <>
          <Strikes userId={id} />
          <UserShares userId={id} />
          <RecordsOf id={id} email={email} />
        </>
      )}
      onDeleted={() => void navigate({ to: '/admin/users' })}
    />
  );
}
