import { useElementSize } from '@mantine/hooks';
import type { CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';

import { WindowList } from '@/components/window-list';
import type { Selected } from '@/lib/use-selected';

import { useEntryKeys } from '../use-entry-keys';
import type { Entry, LibraryView } from '../view';
import type { EntryActs } from './entry-menu';
import { EntryRow } from './entry-row';
import { EntryTile } from './entry-tile';
import classes from './tiles.module.css';

interface EntriesProps {
  entries: readonly Entry[];
  view: LibraryView;
  dim: boolean;
  selected: Selected<Entry>;
  acts: EntryActs;
  onEnd: () => void;
}

/** Files and folders, as rows or as tiles. Only what is visible is rendered. */
export function Entries(props: EntriesProps) {
  return props.view.as === 'grid' ? <Tiles {...props} /> : <Rows {...props} />;
}

const rowEstimate = 61;

function Rows({ entries, view, dim, selected, acts, onEnd }: EntriesProps) {
  const { t } = useTranslation('library');
  const onKeyDown = useEntryKeys(entries);
  return (
    <WindowList
      label={t('list')}
      count={entries.length}
      estimate={rowEstimate}
      rowKey={(index) => entries[index]?.id ?? `${index}`}
      dim={dim}
      onEnd={onEnd}
      onKeyDown={onKeyDown}
      row={(index) => {
        const entry = entries[index];
        return entry && <EntryRow entry={entry} view={view} position={index + 1} selected={selected.has(entry.id)} onSelect={selected.toggle} {...acts} />;
      }}
    />
  );
}

const tileWidth = 190;
const footHeight = 66;

function Tiles({ entries, view, dim, selected, acts, onEnd }: EntriesProps) {
  const { t } = useTranslation('library');
  const { ref, width } = useElementSize();
  const columns = Math.max(2, Math.floor(width / tileWidth));
  const onKeyDown = useEntryKeys(entries, columns);
  return (
    <div ref={ref} className={classes.tiles}>
      {width > 0 && (
        <WindowList
          key={columns}
          label={t('list')}
          count={Math.ceil(entries.length / columns)}
          estimate={Math.round((width / columns) * 0.75) + footHeight}
          rowKey={(index) => entries[index * columns]?.id ?? `${index}`}
          dim={dim}
          onEnd={onEnd}
          onKeyDown={onKeyDown}
          row={(index) => (
            <div className={classes.row} role="presentation" style={{ '--columns': columns } as CSSProperties}>
              {entries.slice(index * columns, (index + 1) * columns).map((entry, at) => (
                <EntryTile key={entry.id} entry={entry} view={view} position={index * columns + at + 1} selected={selected.has(entry.id)} onSelect={selected.toggle} {...acts} />
              ))}
            </div>
          )}
        />
      )}
    </div>
  );
}
