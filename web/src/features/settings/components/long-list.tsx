import { Button } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { formatCount } from '@/lib/format';

import '../messages/catalogue';
import classes from './settings.module.css';

interface LongListProps<T> {
  label: string;
  items: readonly T[];
  children: (item: T) => ReactNode;
}

/** This many are shown at first; a list that is barely longer is shown in full. */
const few = 8;

/** A list that may be long: its start, and the rest on request. */
export function LongList<T>({ label, items, children }: LongListProps<T>) {
  const { t } = useTranslation('settings');
  const [whole, setWhole] = useState(false);
  const long = items.length > few + 2;
  const shown = long && !whole ? items.slice(0, few) : items;
  return (
    <div className={classes.longlist}>
      <ul className={classes.list} aria-label={label}>
        {shown.map((item) => children(item))}
      </ul>
      {long && (
        <Button variant="subtle" size="compact-sm" aria-expanded={whole} onClick={() => setWhole(!whole)}>
          {whole ? t('longList.showFewer') : t('longList.showAll', { items: formatCount(items.length) })}
        </Button>
      )}
    </div>
  );
}
