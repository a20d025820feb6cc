import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import { configQuery } from '@/features/auth/api';
import { NotificationsPage } from '@/features/notifications/components/notifications-page';

/** How the user is told of downloads. */
export function NotificationsRoute() {
  const { data: config, isPending } = useQuery(configQuery());
  if (isPending) return <Skeleton height={320} radius="md" />;
  // Without an answer, the page does not claim that mails are off.
  return <NotificationsPage mail={config?.mail ?? true} />;
}
