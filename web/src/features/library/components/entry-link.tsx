import { Link } from '@tanstack/react-router';
import type { ComponentProps } from 'react';

import type { Entry, LibraryView } from '../view';

interface EntryLinkProps extends Omit<ComponentProps<'a'>, 'href'> {
  entry: Entry;
  view: LibraryView;
}

/** Leads into a folder, or to the page that shows a file. */
export function EntryLink({ entry, view, ...props }: EntryLinkProps) {
  if (entry.folder) return <Link to="/files" search={searchOf({ ...view, folder: entry.id, q: '', type: '' })} {...props} />;
  return <Link to="/files/$fileId" params={{ fileId: entry.id }} search={searchOf(view)} {...props} />;
}

/** Returns the view as a page's search, without what is the default. */
export function searchOf(view: LibraryView) {
  return {
    ...(view.folder !== '' && { folder: view.folder }),
    ...(view.q !== '' && { q: view.q }),
    ...(view.type !== '' && { type: view.type }),
    ...(view.sort !== 'name' && { sort: view.sort }),
    ...(view.as === 'grid' && { as: view.as }),
  };
}
