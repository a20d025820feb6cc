import { getRouteApi, useNavigate } from '@tanstack/react-router';

import { searchOf } from '@/features/library/components/entry-link';
import { LibraryPage } from '@/features/library/components/library-page';
import { everything } from '@/features/library/view';

import { useSharing } from './sharing';

const library = getRouteApi('/signed-in/files');

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
