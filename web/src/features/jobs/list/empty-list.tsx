import { Button } from '@mantine/core';
import { lazy, Suspense } from 'react';

import { IconInbox, IconSearch } from '@/components/icons';
import { Notice } from '@/components/notice';

import { tabs, type Tab } from '../state';
import type { ListView } from './view';

// Whoever has a download never needs it.
const FirstSteps = lazy(() => import('./first-steps').then((part) => ({ default: part.FirstSteps })));

const emptyTexts: Record<Exclude<Tab, 'all'>, string> = {
  active: 'Nothing is downloading right now.',
  attention: 'Nothing needs you. Downloads that are stuck or waiting for your choice show up here.',
  paused: 'No paused downloads.',
  ready: 'No finished downloads yet.',
  ended: 'No failed, cancelled or expired downloads.',
};

interface EmptyListProps {
  view: ListView;
  onView: (change: Partial<ListView>) => void;
}

/** Replaces the rows when there are none. */
export function EmptyList({ view, onView }: EmptyListProps) {
  if (view.q !== '') {
    return (
      <Notice
        icon={IconSearch}
        title="No matches"
        action={
          <Button variant="default" onClick={() => onView({ q: '', tab: 'all' })}>
            Show all downloads
          </Button>
        }
      >
        No downloads in “{tabs[view.tab].label}” match “{view.q}”.
      </Notice>
    );
  }
  if (view.tab !== 'all') return <Notice icon={IconInbox} title="Nothing here">{emptyTexts[view.tab]}</Notice>;
  return (
    <Suspense>
      <FirstSteps />
    </Suspense>
  );
}
