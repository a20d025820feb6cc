import { getRouteApi, useNavigate } from '@tanstack/react-router';

import { searchOf } from '@/features/library/components/entry-link';
import { FilePage } from '@/features/library/components/file-page';
import { LibraryPage } from '@/features/library/components/library-page';
import type { LibraryView } from '@/features/library/view';

import { useSharing } from './sharing';

const library = getRouteApi('/signed-in/files');
const file = getRouteApi('/signed-in/files/$fileId');

const everything: LibraryView = { folder: '', q: '', type: '', sort: 'name', as: 'list' };

/** All files of the user. */
export function LibraryRoute() {
  const view = { ...everything, ...library.useSearch() };
  const navigate = useNavigate();
  const { sharePicked, dialog } = useSharing();
  return (
    <>
      <LibraryPage
        key={view.folder}
        view={view}
        onView={(change) => void navigate({ to: '/files', search: searchOf({ ...view, ...change }), replace: true, resetScroll: false })}
        onShare={sharePicked}
      />
      {dialog}
    </>
  );
}

/** One file of the library. */
export function LibraryFileRoute() {
  const view = { ...everything, ...file.useSearch() };
  const { fileId } = file.useParams();
  return <FilePage fileId={fileId} view={view} />;
}
