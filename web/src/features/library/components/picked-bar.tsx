import { Button, CloseButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import { IconDownload, IconFileZip, IconFolderSymlink, IconLink, IconPencil, IconShare, IconTrash } from '@/components/icons';
import { useFeature } from '@/lib/features';
import { formatCount } from '@/lib/format';
import type { Selected } from '@/lib/use-selected';

import { useCopyLink, useDownload, useZip } from '../use-acts';
import { isThere, type Entry } from '../view';
import type { EntryActs } from './entry-menu';
import classes from './library.module.css';

/** What can be done with the selected files and folders. */
export function PickedBar({ selected, onRename, onMove, onDelete, onShare }: EntryActs & { selected: Selected<Entry> }) {
  const { t } = useTranslation('library');
  const download = useDownload();
  const copy = useCopyLink();
  const zip = useZip();
  const zips = useFeature('archives');
  const { entries } = selected;
  const only = entries.length === 1 ? entries[0] : undefined;
  const file = only?.file && isThere(only.file) ? only.file : undefined;
  return (
    <div className={classes.picked} role="toolbar" aria-label={t('selection')}>
      <span className={classes.pickedcount} role="status">
        {t('selected', { count: entries.length, number: formatCount(entries.length) })}
      </span>
      <Button size="compact-sm" variant="subtle" onClick={selected.all}>
        {t('selectAll')}
      </Button>
      {file && (
        <>
          <Button size="compact-sm" variant="default" leftSection={<IconDownload size={15} />} loading={download.isPending} onClick={() => download.mutate(file)}>
            {t('download')}
          </Button>
          <Button size="compact-sm" variant="default" leftSection={<IconLink size={15} />} loading={copy.isPending} onClick={() => copy.mutate(file)}>
            {t('copyLink')}
          </Button>
        </>
      )}
      {zips && !file && (
        <Button size="compact-sm" variant="default" leftSection={<IconFileZip size={15} />} loading={zip.isPending} onClick={() => zip.mutate(entries)}>
          {t('zip')}
        </Button>
      )}
      {only && (
        <Button size="compact-sm" variant="default" leftSection={<IconPencil size={15} />} onClick={() => onRename(only)}>
          {t('rename')}
        </Button>
      )}
      {onShare && (
        <Button size="compact-sm" variant="default" leftSection={<IconShare size={15} />} onClick={() => onShare(entries)}>
          {t('share')}
        </Button>
      )}
      <Button size="compact-sm" variant="default" leftSection={<IconFolderSymlink size={15} />} onClick={() => onMove(entries)}>
        {t('move')}
      </Button>
      <Button size="compact-sm" variant="default" color="red" leftSection={<IconTrash size={15} />} onClick={() => onDelete(entries)}>
        {t('delete')}
      </Button>
      <CloseButton size="sm" aria-label={t('clearSelection')} onClick={selected.clear} />
    </div>
  );
}
