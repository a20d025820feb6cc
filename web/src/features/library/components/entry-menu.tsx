import { ActionIcon, Menu } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { IconDots, IconDownload, IconExternalLink, IconFileZip, IconFolder, IconFolderSymlink, IconLink, IconPencil, IconShare, IconTrash } from '@/components/icons';
import { useFeature } from '@/lib/features';
import { useMenuButton } from '@/lib/use-menu-button';

import { useCopyLink, useDownload, useRemoveFolder, useZip } from '../use-acts';
import { isThere, type Entry, type LibraryView } from '../view';
import { EntryLink } from './entry-link';
import classes from './library.module.css';

/** What a row asks of the list around it. */
export interface EntryActs {
  onRename: (entry: Entry) => void;
  onMove: (entries: readonly Entry[]) => void;
  onDelete: (entries: readonly Entry[]) => void;
  /** Undefined where sharing is off. */
  onShare: ((entries: readonly Entry[]) => void) | undefined;
}

interface EntryMenuProps extends EntryActs {
  entry: Entry;
  view: LibraryView;
}

/** Everything that can be done with a file or a folder. */
export function EntryMenu({ entry, view, onRename, onMove, onDelete, onShare }: EntryMenuProps) {
  const { t } = useTranslation('library');
  const { button, choose } = useMenuButton();
  const download = useDownload();
  const copy = useCopyLink();
  const zip = useZip();
  const zips = useFeature('archives');
  const remove = useRemoveFolder();
  const { file, folder } = entry;
  const jobId = file ? file.jobId : folder.jobId;
  const busy = download.isPending || copy.isPending || zip.isPending || remove.isPending;
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon ref={button} variant="subtle" color="gray" size="lg" loading={busy} aria-label={t('actions', { name: entry.name })}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item data-autofocus leftSection={<IconExternalLink size={16} />} renderRoot={(props) => <EntryLink entry={entry} view={view} {...props} />}>
          {t('open')}
        </Menu.Item>
        {file && isThere(file) && (
          <>
            <Menu.Item leftSection={<IconDownload size={16} />} onClick={() => download.mutate(file)}>
              {t('download')}
            </Menu.Item>
            <Menu.Item leftSection={<IconLink size={16} />} onClick={() => copy.mutate(file)}>
              {t('copyLink')}
            </Menu.Item>
          </>
        )}
        {onShare && (file ? isThere(file) : folder.files > 0) && (
          <Menu.Item leftSection={<IconShare size={16} />} onClick={() => choose(() => onShare([entry]))}>
            {t('share')}
          </Menu.Item>
        )}
        {folder && folder.files > 0 && zips && (
          <Menu.Item leftSection={<IconFileZip size={16} />} onClick={() => zip.mutate([entry])}>
            {t('zip')}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => choose(() => onRename(entry))}>
          {t('rename')}
        </Menu.Item>
        <Menu.Item leftSection={<IconFolderSymlink size={16} />} onClick={() => choose(() => onMove([entry]))}>
          {t('move')}
        </Menu.Item>
        {(file ?? folder.files > 0) && (
          <Menu.Item className={classes.danger} leftSection={<IconTrash size={16} />} onClick={() => choose(() => onDelete([entry]))}>
            {t(file ? 'delete' : 'deleteIn')}
          </Menu.Item>
        )}
        {folder?.files === 0 && (
          <Menu.Item leftSection={<IconTrash size={16} />} onClick={() => remove.mutate(folder)}>
            {t('remove')}
          </Menu.Item>
        )}
        {file && (view.q !== '' || view.type !== '') && (
          <Menu.Item
            leftSection={<IconFolder size={16} />}
            renderRoot={(props) => <Link to="/files" search={{ ...(file.folderId !== null && { folder: file.folderId }) }} {...props} />}
          >
            {t('showFolder')}
          </Menu.Item>
        )}
        {jobId !== null && (
          <Menu.Item leftSection={<IconExternalLink size={16} />} renderRoot={(props) => <Link to="/jobs/$jobId" params={{ jobId }} {...props} />}>
            {t('showDownload')}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
