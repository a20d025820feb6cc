import { Button, Checkbox } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import type { TrashedItem } from '@/api/model';
import { IconDownload, IconFile } from '@/components/icons';
import { RelativeTime } from '@/components/relative-time';
import { baseName } from '@/lib/file-kind';
import { formatBytes } from '@/lib/format';
import { isolated } from '@/lib/isolated';
import { text } from '@/lib/messages';

import '../messages/catalogue';
import classes from './trash.module.css';

/** What a person calls an item of the trash. */
export function itemName(item: TrashedItem): string {
  return isolated(item.kind === 'file' ? baseName(item.path) : item.jobName) || text('trash:nameless');
}

interface TrashRowProps {
  item: TrashedItem;
  position: number;
  count: number;
  busy: boolean;
  selected: boolean;
  onSelect: (item: TrashedItem, on: boolean, range: boolean) => void;
  onRestore: (item: TrashedItem) => void;
  onDelete: (item: TrashedItem) => void;
}

/** One download or file in the trash. */
export function TrashRow({ item, position, count, busy, selected, onSelect, onRestore, onDelete }: TrashRowProps) {
  const { t } = useTranslation('trash');
  const Symbol = item.kind === 'file' ? IconFile : IconDownload;
  const name = itemName(item);
  return (
    <div className={classes.row} role="listitem" aria-posinset={position} aria-setsize={count} data-selected={selected || undefined}>
      <Checkbox
        aria-label={t('select', { name })}
        checked={selected}
        onChange={(event) => onSelect(item, event.currentTarget.checked, (event.nativeEvent as MouseEvent).shiftKey)}
      />
      <Symbol size={22} stroke={1.5} className={classes.icon} aria-hidden="true" />
      <div className={classes.main}>
        <p className={classes.name} title={item.path === '' ? item.jobName : item.path}>
          {name}
        </p>
        <p className={classes.facts}>
          <span className="tabular">{formatBytes(item.bytes)}</span>
          {item.kind === 'file' ? (
            <span className={classes.origin} title={item.jobName}>{t('from', { name: isolated(item.jobName) || t('nameless') })}</span>
          ) : (
            <span>{t('files', { count: item.files })}</span>
          )}
          <span>
            {t('deleted')} <RelativeTime at={item.deletedAt} />
          </span>
          <span>
            {t('goes')} <RelativeTime at={item.until} />
          </span>
        </p>
      </div>
      <div className={classes.acts}>
        <Button size="compact-sm" variant="default" disabled={busy} aria-label={t('restoreItem', { name })} onClick={() => onRestore(item)}>
          {t('restore')}
        </Button>
        <Button size="compact-sm" variant="subtle" color="red" disabled={busy} aria-label={t('deleteItem', { name })} onClick={() => onDelete(item)}>
          {t('delete')}
        </Button>
      </div>
    </div>
  );
}
