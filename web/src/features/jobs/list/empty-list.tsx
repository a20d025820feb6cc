import { Button } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';

import { IconInbox, IconSearch } from '@/components/icons';
import { Notice } from '@/components/notice';
import { text } from '@/lib/messages';

import { tabs, type Tab } from '../state';
import './messages/catalogue';
import type { ListView } from './view';

// Whoever has a download never needs it.
const FirstSteps = lazy(() => import('./first-steps').then((part) => ({ default: part.FirstSteps })));

const emptyTexts: Record<Exclude<Tab, 'all'>, string> = {
  active: text('list:emptyList.nothingIsDownloading'),
  attention: text('list:emptyList.nothingNeedsYou'),
  paused: text('list:emptyList.noPausedDownloads'),
  ready: text('list:emptyList.noFinishedDownloads'),
  ended: text('list:emptyList.noFailedCancelled'),
};

interface EmptyListProps {
  view: ListView;
  onView: (change: Partial<ListView>) => void;
}

/** Replaces the rows when there are none. */
export function EmptyList({ view, onView }: EmptyListProps) {
  const { t } = useTranslation('list');
  if (view.q !== '') {
    return (
      <Notice
        icon={IconSearch}
        title={t('emptyList.noMatches')}
        action={
          <Button variant="default" onClick={() => onView({ q: '', tab: 'all' })}>
            {t('emptyList.showAllDownloads')}
          </Button>
        }
      >
        {t('emptyList.noDownloadsIn', { label: tabs[view.tab].label, q: view.q })}
      </Notice>
    );
  }
  if (view.tab !== 'all') return <Notice icon={IconInbox} title={t('emptyList.nothingHere')}>{emptyTexts[view.tab]}</Notice>;
  return (
    <Suspense>
      <FirstSteps />
    </Suspense>
  );
}
