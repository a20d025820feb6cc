import { useQuery } from '@tanstack/react-query';

import { configQuery } from '@/features/auth/api';
import { SharesPage } from '@/features/shares/components/shares-page';

/** What of the account works without signing in. */
export function SharesRoute() {
  const { data: config } = useQuery(configQuery());
  return <SharesPage maxDays={config?.limits.maxShareDays ?? 0} />;
}
