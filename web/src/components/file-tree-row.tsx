import { Checkbox, UnstyledButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { fileKind } from '@/lib/file-kind';
import type { TreeFile, TreeNode } from '@/lib/file-tree';
import { formatBytes, formatCount } from '@/lib/format';
import { isolated } from '@/lib/isolated';

import './messages/catalogue';
import { FileIcon } from './file-icon';
import classes from './file-tree.module.css';
import { IconChevronRight, IconFolder, IconFolderOpen } from './icons';

interface FileTreeRowProps {
  node: TreeNode;
  top: number;
  position: number;
  count: number;
  open: boolean;
  onToggle: (path: string) => void;
  chosen: ReadonlySet<number> | undefined;
  onChoose: ((indexes: readonly number[], on: boolean) => void) | undefined;
  dim: boolean;
  picture: ((file: TreeFile, icon: ReactNode) => ReactNode) | undefined;
  end: ReactNode;
}

/** One row of a file tree. */
export function FileTreeRow(props: FileTreeRowProps) {
  const { node, top, position, count, dim, end } = props;
  const size = node.kind === 'folder' ? node.size : node.file.size;
  return (
    <div
      className={classes.row}
      role="listitem"
      aria-posinset={position}
      aria-setsize={count}
      data-dim={dim || undefined}
      style={{ transform: `translateY(${top}px)` }}
    >
      <span className={classes.indent} style={{ width: `calc(${node.depth} * var(--tree-indent))` }} />
      <RowCheckbox {...props} />
      {node.kind === 'folder' ? (
        <FolderLabel name={node.name} count={node.indexes.length} open={props.open} onToggle={() => props.onToggle(node.path)} />
      ) : (
        <span className={classes.name} title={node.path}>
          {pictureOf(node, props.picture)}
          <span className={classes.text}>{isolated(node.name)}</span>
        </span>
      )}
      <span className={`${classes.size} tabular`}>{size < 0 ? '' : formatBytes(size)}</span>
      {end !== undefined && <span className={classes.end}>{end}</span>}
    </div>
  );
}

function pictureOf(node: TreeNode & { kind: 'file' }, picture: FileTreeRowProps['picture']): ReactNode {
  const icon = <FileIcon kind={fileKind({ path: node.path, contentType: contentTypeOf(node.file) })} />;
  return picture ? picture(node.file, icon) : icon;
}

function contentTypeOf(file: object): string {
  return 'contentType' in file && typeof file.contentType === 'string' ? file.contentType : '';
}

function RowCheckbox({ node, chosen, onChoose }: FileTreeRowProps) {
  const { t } = useTranslation('components');
  if (!chosen || !onChoose) return null;
  const indexes = node.kind === 'folder' ? node.indexes : [node.file.index];
  const on = indexes.reduce((sum, index) => sum + (chosen.has(index) ? 1 : 0), 0);
  return (
    <Checkbox
      aria-label={node.kind === 'folder' ? t('fileTreeRow.folder', { name: node.name }) : node.name}
      checked={on === indexes.length}
      indeterminate={on > 0 && on < indexes.length}
      onChange={(event) => onChoose(indexes, event.currentTarget.checked)}
    />
  );
}

function FolderLabel({ name, count, open, onToggle }: { name: string; count: number; open: boolean; onToggle: () => void }) {
  const Symbol = open ? IconFolderOpen : IconFolder;
  return (
    <UnstyledButton className={classes.name} aria-expanded={open} onClick={onToggle} title={name}>
      <IconChevronRight size={14} className={classes.chevron} data-open={open || undefined} aria-hidden="true" />
      <Symbol size={18} stroke={1.6} className={classes.folder} aria-hidden="true" />
      <span className={classes.text}>{isolated(name)}</span>
      <span className={classes.count}>{formatCount(count)}</span>
    </UnstyledButton>
  );
}
