import { ActionIcon, CloseButton, Menu, TextInput, UnstyledButton, VisuallyHidden } from '@mantine/core';

import { IconArrowsSort, IconCheck, IconSearch } from '@/components/icons';
import { formatCount } from '@/lib/format';

import { sorts, type Sort } from '../api';
import { tabCount, tabNames, tabs } from '../state';
import classes from './job-list.module.css';
import type { ListView } from './view';

const sortLabels: Record<Sort, string> = {
  '-created': 'Newest first',
  created: 'Oldest first',
  name: 'Name, A to Z',
  '-name': 'Name, Z to A',
  '-size': 'Largest first',
  size: 'Smallest first',
  state: 'By state',
};

interface ListToolbarProps {
  view: ListView;
  counts: Readonly<Record<string, number>>;
  total: number;
  onView: (change: Partial<ListView>) => void;
}

/** Tabs with counts, search and sort order. */
export function ListToolbar({ view, counts, total, onView }: ListToolbarProps) {
  return (
    <div className={classes.toolbar}>
      <div className={classes.tabs} role="group" aria-label="Show">
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
          aria-label="Search downloads by name"
          placeholder="Search"
          leftSection={<IconSearch size={16} />}
          rightSection={view.q !== '' && <CloseButton size="sm" aria-label="Clear search" onClick={() => onView({ q: '' })} />}
          value={view.q}
          onChange={(event) => onView({ q: event.currentTarget.value })}
        />
        <SortMenu sort={view.sort} onSort={(sort) => onView({ sort })} />
      </div>
      <VisuallyHidden role="status">
        {view.q !== '' && `${formatCount(total)} found`}
      </VisuallyHidden>
    </div>
  );
}

function SortMenu({ sort, onSort }: { sort: Sort; onSort: (sort: Sort) => void }) {
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon variant="default" size={36} aria-label={`Order: ${sortLabels[sort]}`}>
          <IconArrowsSort size={17} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Order</Menu.Label>
        {sorts.map((each) => (
          <Menu.Item
            key={each}
            data-autofocus={each === sort || undefined}
            onClick={() => onSort(each)}
            rightSection={each === sort ? <IconCheck size={16} aria-label="current" /> : undefined}
          >
            {sortLabels[each]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
