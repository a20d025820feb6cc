import { Button } from '@mantine/core';

import { IconInbox, IconSearch } from '@/components/icons';
import { Notice } from '@/components/notice';

import { everything, isFiltered, type AnyView } from './view';

/** Replaces the rows when there are none. */
export function NothingFound({ view, onView }: { view: AnyView; onView: (change: Partial<AnyView>) => void }) {
  if (!isFiltered(view)) {
    return (
      <Notice icon={IconInbox} title="No downloads yet">
        What people add shows up here.
      </Notice>
    );
  }
  return (
    <Notice
      icon={IconSearch}
      title="No matches"
      action={
        <Button variant="default" onClick={() => onView({ ...everything, sort: view.sort })}>
          Clear filters
        </Button>
      }
    >
      No downloads match these filters.
    </Notice>
  );
}
