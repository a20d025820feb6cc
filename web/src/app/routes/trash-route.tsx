import { TrashPage } from '@/features/trash/components/trash-page';

/** What the account deleted and can still restore. */
export function TrashRoute() {
  return <TrashPage />;
}
