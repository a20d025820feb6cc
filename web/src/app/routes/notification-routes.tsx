import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';

import { configQuery } from '@/features/auth/api';
import { LabelMenu } from '@/features/jobs/labels/components/label-menu';
import { AllNotifications } from '@/features/notifications/components/all-notifications';
import { toldNotables } from '@/features/notifications/events';
import { NotificationsPage } from '@/features/notifications/components/notifications-page';

const told = getRouteApi('/signed-in/notifications');

/** What the user was told. */
export function ToldRoute() {
  const { event: named, unread = false } = told.useSearch();
  const event = toldNotables.find((each) => each === named) ?? '';
  const navigate = told.useNavigate();
  return (
    <AllNotifications
      view={{ event, unread }}
      onView={(change) => {
        const next = { event, unread, ...change };
        void navigate({ search: { ...(next.event !== '' && { event: next.event }), ...(next.unread && { unread: true }) }, replace: true });
      }}
    />
  );
}

/** How the user is told of downloads. */
export function NotificationsRoute() {
  const { data: config, isPending } = useQuery(configQuery());
  if (isPending) return <Skeleton height={320} radius="md" />;
  // Without an answer, the page does not claim that mails are off.
  return <NotificationsPage mail={config?.mail ?? true} picker={LabelMenu} />;
}
