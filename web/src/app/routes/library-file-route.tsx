import { getRouteApi } from '@tanstack/react-router';

import { FilePage } from '@/features/library/components/file-page';
import { everything } from '@/features/library/view';

import { useOwnStage } from './own-stage';

const file = getRouteApi('/signed-in/files/$fileId');

/** One file of the library. */
export function LibraryFileRoute() {
  const view = { ...everything, ...file.useSearch() };
  const { fileId } = file.useParams();
  // The page itself leads to the neighbours by the arrow keys.
  const stage = useOwnStage({ arrows: false });
  return <FilePage fileId={fileId} view={view} stage={stage} />;
}
