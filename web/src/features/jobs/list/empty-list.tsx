import { Button } from '@mantine/core';

import { IconInbox, IconSearch } from '@/components/icons';
import { Notice } from '@/components/notice';

import { tabs, type Tab } from '../state';
import type { ListView } from './job-list';

const emptyTexts: Record<Exclude<Tab, 'all'>, string> = {
  active: 'Nothing is downloading at the moment.',
  attention: 'Nothing needs you. Downloads that wait for your choice or got stuck show up here.',
  paused: 'No download is paused.',
  ready: 'No download is finished yet.',
  ended: 'No download has failed, was cancelled or has expired.',
};

interface EmptyListProps {
  view: ListView;
  onView: (change: Partial<ListView>) => void;
}

/** What stands in place of the rows when there are none. */
export function EmptyList({ view, onView }: EmptyListProps) {
  if (view.q !== '') {
    return (
      <Notice
        icon={IconSearch}
        title="No match"
        action={
          <Button variant="default" onClick={() => onView({ q: '', tab: 'all' })}>
            Show all downloads
          </Button>
        }
      >
        No download under “{tabs[view.tab].label}” has “{view.q}” in its name.
      </Notice>
    );
  }
  if (view.tab !== 'all') return <Notice icon={IconInbox} title="Empty">{emptyTexts[view.tab]}</Notice>;
  return (
    <Notice icon={IconInbox} title="No downloads yet">
      Paste a magnet link or a URL anywhere on this page, or drop a .torrent file. You may close the page afterwards; the
      download goes on without you.
    </Notice>
  );
}
