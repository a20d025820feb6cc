import { getRouteApi } from '@tanstack/react-router';

import { FilePage } from '@/features/library/components/file-page';
import { everything } from '@/features/library/view';

const file = getRouteApi('/signed-in/files/$fileId');

/** One file of the library. */
export function LibraryFileRoute() {
  const view = { ...everything, ...file.useSearch() };
  const { fileId } = file.useParams();
  return <FilePage fileId={fileId} view={view} />;
}
