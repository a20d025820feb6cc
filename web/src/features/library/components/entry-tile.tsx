import { Checkbox } from '@mantine/core';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';

import { formatBytes } from '@/lib/format';
import { isolated } from '@/lib/isolated';

import type { Entry, LibraryView } from '../view';
import { EntryLink } from './entry-link';
import { EntryMenu, type EntryActs } from './entry-menu';
import { EntryPicture } from './entry-picture';
import classes from './tiles.module.css';

interface EntryTileProps extends EntryActs {
  entry: Entry;
  view: LibraryView;
  position: number;
  selected: boolean;
  onSelect: (entry: Entry, on: boolean, range: boolean) => void;
}

/** A file or a folder as a picture with its name. */
export const EntryTile = memo(function EntryTile({ entry, view, position, selected, onSelect, ...acts }: EntryTileProps) {
  const { t } = useTranslation('library');
  const { file, folder } = entry;
  return (
    <div className={classes.tile} role="listitem" aria-posinset={position} aria-setsize={-1} data-selected={selected || undefined} data-entry={entry.id}>
      <EntryPicture entry={entry} size="tile" />
      <div className={classes.foot}>
        <div className={classes.about}>
          <EntryLink entry={entry} view={view} className={classes.name} title={entry.name} data-row-link>
            {isolated(entry.name)}
          </EntryLink>
          <span className={`${classes.size} tabular`}>
            {file?.lost ? t('lost') : file?.blocked ? t('blocked') : formatBytes(folder ? folder.size : file.size)}
          </span>
        </div>
        <EntryMenu entry={entry} view={view} {...acts} />
      </div>
      <Checkbox
        className={classes.check}
        aria-label={t('select', { name: entry.name })}
        checked={selected}
        onChange={(event) => onSelect(entry, event.currentTarget.checked, (event.nativeEvent as MouseEvent).shiftKey)}
      />
    </div>
  );
});
