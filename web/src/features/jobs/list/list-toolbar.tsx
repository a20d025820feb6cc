import { ActionIcon, CloseButton, Menu, TextInput, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';

import { IconArrowsSort, IconCheck, IconSearch } from '@/components/icons';
import { LabelFilter } from '@/features/jobs/labels/components/label-filter';
import { formatCount } from '@/lib/format';
import { text } from '@/lib/messages';
import { useTyped } from '@/lib/use-typed';

import { sorts, type Sort } from '../api';
import { tabCount, tabNames, tabs } from '../state';
import classes from './job-list.module.css';
import './messages/catalogue';
import type { ListView } from './view';

const sortLabels: Record<Sort, string> = {
  '-created': text('list:listToolbar.newestFirst'),
  created: text('list:listToolbar.oldestFirst'),
  name: text('list:listToolbar.nameATo'),
  '-name': text('list:listToolbar.nameZTo'),
  '-size': text('list:listToolbar.largestFirst'),
  size: text('list:listToolbar.smallestFirst'),
  state: text('list:listToolbar.byState'),
};

interface ListToolbarProps {
  view: ListView;
  counts: Readonly<Record<string, number>>;
  total: number;
  onView: (change: Partial<ListView>) => void;
}

/** Tabs with counts, search and sort order. */
export function ListToolbar({ view, counts, total, onView }: ListToolbarProps) {
  const { t } = useTranslation('list');
  const [typed, type] = useTyped(
    view.q,
    useCallback((q: string) => onView({ q }), [onView]),
  );
  return (
    <div className={classes.toolbar}>
      <div className={classes.tabs} role="group" aria-label={t('listToolbar.show')}>
        {tabNames.map((tab) => {
          const count = tabCount(tab, counts);
          return (
            <UnstyledButton
              key={tab}
              className={classes.tab}
              aria-pressed={view.tab === tab}
              data-call={(tab === 'attention' && count > 0) || undefined}
              onClick={() => onView({ tab })}
            >
              {tabs[tab].label}
              {count > 0 && <span className={classes.tabcount}>{formatCount(count)}</span>}
            </UnstyledButton>
          );
        })}
      </div>
      <div className={classes.find}>
        <TextInput
          className={classes.search}
          size="sm"
          type="search"
          maxLength={200}
          aria-label={t('search')}
          placeholder={t('placeholder')}
          data-search-box
          leftSection={<IconSearch size={16} />}
          rightSection={typed !== '' && <CloseButton size="sm" aria-label={t('clearSearch')} onClick={() => type('', true)} />}
          value={typed}
          onChange={(event) => type(event.currentTarget.value)}
        />
        <LabelFilter label={view.label} onLabel={(label) => onView({ label })} />
        <SortMenu sort={view.sort} onSort={(sort) => onView({ sort })} />
      </div>
      <VisuallyHidden role="status">
        {view.q !== '' && t('found', { count: total })}
      </VisuallyHidden>
    </div>
  );
}

function SortMenu({ sort, onSort }: { sort: Sort; onSort: (sort: Sort) => void }) {
  const { t } = useTranslation('list');
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon variant="default" size={36} aria-label={t('listToolbar.order', { sortLabels: sortLabels[sort] })}>
          <IconArrowsSort size={17} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('listToolbar.order2')}</Menu.Label>
        {sorts.map((each) => (
          <Menu.Item
            key={each}
            data-autofocus={each === sort || undefined}
            onClick={() => onSort(each)}
            rightSection={each === sort ? <IconCheck size={16} aria-label={t('listToolbar.current')} /> : undefined}
          >
            {sortLabels[each]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
