import { Button, TextInput } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useDeferredValue, useMemo, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { buildTree, pathMatcher, startClosed, visibleRows, type FolderNode, type TreeFile } from '@/lib/file-tree';
import { formatCount } from '@/lib/format';

import './messages/catalogue';
import { FileTreeRow } from './file-tree-row';
import classes from './file-tree.module.css';
import { IconSearch } from './icons';

export interface Selection {
  chosen: ReadonlySet<number>;
  onChange: (chosen: Set<number>) => void;
}

interface FileTreeProps<F extends TreeFile> {
  /** Names the list for screen readers. */
  label: string;
  files: readonly F[];
  /** Shows checkboxes when given. */
  selection?: Selection;
  /** Content at the end of a file's row. */
  fileEnd?: (file: F) => ReactNode;
  /** What stands for a file in place of the icon of its kind. */
  picture?: (file: F, icon: ReactNode) => ReactNode;
  /** Content at the end of a folder's row. */
  folderEnd?: (folder: FolderNode) => ReactNode;
  /** Dims files that can't be opened yet. */
  isDim?: (file: F) => boolean;
  maxHeight?: number;
}

const rowHeight = 40;
const filterFrom = 8;

function withIndexes(chosen: ReadonlySet<number>, indexes: readonly number[], on: boolean): Set<number> {
  const next = new Set(chosen);
  for (const index of indexes) {
    if (on) next.add(index);
    else next.delete(index);
  }
  return next;
}

/** Folders and files, for thousands of them; with checkboxes if a selection is given. */
export function FileTree<F extends TreeFile>({ label, files, selection, fileEnd, picture, folderEnd, isDim, maxHeight = 420 }: FileTreeProps<F>) {
  const { t } = useTranslation('components');
  const [query, setQuery] = useState('');
  const deferredQuery = useDeferredValue(query);
  const shown = useMemo(() => {
    const matches = pathMatcher(deferredQuery);
    return files.filter((file) => matches(file.path));
  }, [files, deferredQuery]);
  const root = useMemo(() => buildTree(shown), [shown]);
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => {
    // While filtering, every folder is open so that no match is hidden.
    const closed = deferredQuery === '' ? startClosed(root) : new Set<string>();
    for (const path of toggled) if (!closed.delete(path)) closed.add(path);
    return visibleRows(root, closed);
  }, [root, toggled, deferredQuery]);
  const open = useMemo(() => openFolders(rows), [rows]);

  const scroller = useRef<HTMLDivElement>(null);
  // The rows are plain elements, so nothing memoised holds on to what the virtualizer returns.
  // eslint-disable-next-line react-hooks/incompatible-library
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    initialRect: { width: 600, height: maxHeight },
  });

  const toggle = (path: string) =>
    setToggled((before) => {
      const next = new Set(before);
      if (!next.delete(path)) next.add(path);
      return next;
    });

  return (
    <div className={classes.tree}>
      {files.length >= filterFrom && (
        <div className={classes.tools}>
          <TextInput
            className={classes.filter}
            size="sm"
            aria-label={t('fileTree.filterFiles')}
            placeholder={t('fileTree.filterOrA')}
            leftSection={<IconSearch size={16} />}
            value={query}
            onChange={(event) => setQuery(event.currentTarget.value)}
          />
          {selection && <SelectButtons shown={shown} all={shown.length === files.length} selection={selection} />}
        </div>
      )}
      <div
        ref={scroller}
        className={classes.scroller}
        style={{ height: Math.min(maxHeight, Math.max(1, rows.length) * rowHeight + 2) }}
        role="region"
        aria-label={label}
        // A scrolling region with nothing focusable in it must be focusable.
        tabIndex={0} // eslint-disable-line jsx-a11y/no-noninteractive-tabindex
      >
        <div className={classes.canvas} style={{ height: virtual.getTotalSize() }} role="list" aria-label={label}>
          {virtual.getVirtualItems().map((item) => {
            const node = rows[item.index];
            if (!node) return null;
            return (
              <FileTreeRow
                key={`${node.kind} ${node.path}`}
                node={node}
                top={item.start}
                position={item.index + 1}
                count={rows.length}
                open={node.kind === 'folder' && open.has(node.path)}
                onToggle={toggle}
                chosen={selection?.chosen}
                onChoose={selection && ((indexes, on) => selection.onChange(withIndexes(selection.chosen, indexes, on)))}
                dim={node.kind === 'file' && isDim?.(node.file as F) === true}
                picture={picture && ((file, icon) => picture(file as F, icon))}
                end={node.kind === 'file' ? fileEnd?.(node.file as F) : folderEnd?.(node)}
              />
            );
          })}
        </div>
        {rows.length === 0 && <p className={classes.empty}>{t('fileTree.noFilesMatch', { query })}</p>}
      </div>
    </div>
  );
}

function openFolders(rows: ReturnType<typeof visibleRows>): Set<string> {
  const open = new Set<string>();
  for (const [at, row] of rows.entries()) {
    if (row.kind === 'folder' && (rows[at + 1]?.depth ?? -1) > row.depth) open.add(row.path);
  }
  return open;
}

function SelectButtons({ shown, all, selection }: { shown: readonly TreeFile[]; all: boolean; selection: Selection }) {
  const { t } = useTranslation('components');
  const indexes = shown.map((file) => file.index);
  const set = (on: boolean) => selection.onChange(withIndexes(selection.chosen, indexes, on));
  return (
    <div className={classes.choose}>
      <Button size="compact-sm" variant="default" onClick={() => set(true)}>
        {all ? t('fileTree.selectAll') : t('fileTree.selectMatches', { count: shown.length, number: formatCount(shown.length) })}
      </Button>
      <Button size="compact-sm" variant="default" onClick={() => set(false)}>
        {all ? t('fileTree.selectNone') : t('fileTree.unselectMatches')}
      </Button>
    </div>
  );
}
