import { ActionIcon, CloseButton, Menu, NativeSelect, TextInput } from '@mantine/core';
import { useEffect, useEffectEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { LibraryPage } from '@/api/model';
import { IconArrowsSort, IconCheck, IconLayoutGrid, IconList, IconSearch } from '@/components/icons';
import { formatBytes, formatCount } from '@/lib/format';

import { orders, types, type LibraryView } from '../view';
import classes from './library.module.css';

interface ToolbarProps {
  view: LibraryView;
  totals: LibraryPage['totals'] | undefined;
  /** There are photos, which show as tiles. */
  photos: boolean;
  onView: (change: Partial<LibraryView>) => void;
}

/** Totals, search, type and order. */
export function Toolbar({ view, totals, photos, onView }: ToolbarProps) {
  const { t } = useTranslation('library');
  return (
    <div className={classes.toolbar}>
      <span className={`${classes.totals} tabular`} role="status">
        {totals && t('totals', { files: t('filesShown', { count: totals.files, number: formatCount(totals.files) }), size: formatBytes(totals.size) })}
      </span>
      <Search value={view.q} onCommit={(q) => onView({ q })} />
      <NativeSelect
        className={classes.type}
        size="sm"
        aria-label={t('type.label')}
        value={view.type}
        data={[{ value: '', label: t('type.all') }, ...types.map((type) => ({ value: type, label: t(`type.${type}`) }))]}
        onChange={(event) => onView({ type: types.find((type) => type === event.currentTarget.value) ?? '' })}
      />
      {(photos || view.as === 'grid') && (
        <ActionIcon
          variant="default"
          size={36}
          aria-label={t(view.as === 'grid' ? 'asList' : 'asGrid')}
          title={t(view.as === 'grid' ? 'asList' : 'asGrid')}
          onClick={() => onView({ as: view.as === 'grid' ? 'list' : 'grid' })}
        >
          {view.as === 'grid' ? <IconList size={17} /> : <IconLayoutGrid size={17} />}
        </ActionIcon>
      )}
      <Menu>
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label={`${t('sort.label')}: ${t(`sort.${view.sort}`)}`}>
            <IconArrowsSort size={17} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {orders.map((order, at) => (
            <Menu.Item
              key={order}
              data-autofocus={at === 0 || undefined}
              rightSection={order === view.sort && <IconCheck size={15} aria-hidden="true" />}
              onClick={() => onView({ sort: order })}
            >
              {t(`sort.${order}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}

/** How long a pause in typing is before the search is sent. */
const pause = 250;

function Search({ value, onCommit }: { value: string; onCommit: (q: string) => void }) {
  const { t } = useTranslation('library');
  const [draft, setDraft] = useState(value);
  const [sent, setSent] = useState(value);
  const [held, setHeld] = useState(value);
  if (held !== value) {
    setHeld(value);
    // What was typed meanwhile stays.
    if (value !== sent) setDraft(value);
    setSent(value);
  }
  const commit = useEffectEvent((text: string) => {
    setSent(text);
    onCommit(text);
  });
  useEffect(() => {
    if (draft === value) return undefined;
    const timer = setTimeout(() => commit(draft), pause);
    return () => clearTimeout(timer);
  }, [draft, value]);
  return (
    <TextInput
      className={classes.search}
      size="sm"
      type="search"
      maxLength={200}
      aria-label={t('search')}
      placeholder={t('searchShort')}
      leftSection={<IconSearch size={16} />}
      rightSection={draft !== '' && <CloseButton size="sm" aria-label={t('clearSearch')} onClick={() => setDraft('')} />}
      value={draft}
      onChange={(event) => setDraft(event.currentTarget.value)}
    />
  );
}
