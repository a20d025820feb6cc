import { StoragePage } from '@/features/storage/components/storage-page';

/** What is stored. */
export function StorageRoute() {
  return <StoragePage />;
}
