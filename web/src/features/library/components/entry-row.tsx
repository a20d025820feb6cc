import { Checkbox, Tooltip } from '@mantine/core';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';

import { IconAlertTriangle, IconBan } from '@/components/icons';
import { RelativeTime } from '@/components/relative-time';
import { formatBytes, formatCount } from '@/lib/format';
import { isolated } from '@/lib/isolated';

import { isFlat, type Entry, type LibraryView } from '../view';
import { EntryLink } from './entry-link';
import { EntryMenu, type EntryActs } from './entry-menu';
import { EntryPicture } from './entry-picture';
import classes from './library.module.css';

interface EntryRowProps extends EntryActs {
  entry: Entry;
  view: LibraryView;
  position: number;
  selected: boolean;
  onSelect: (entry: Entry, on: boolean, range: boolean) => void;
}

/** A file or a folder of the list. */
export const EntryRow = memo(function EntryRow({ entry, view, position, selected, onSelect, ...acts }: EntryRowProps) {
  const { t } = useTranslation('library');
  const { file, folder } = entry;
  return (
    <div className={classes.row} role="listitem" aria-posinset={position} aria-setsize={-1} data-selected={selected || undefined} data-entry={entry.id}>
      <Checkbox
        className={classes.check}
        aria-label={t('select', { name: entry.name })}
        checked={selected}
        onChange={(event) => onSelect(entry, event.currentTarget.checked, (event.nativeEvent as MouseEvent).shiftKey)}
      />
      <span className={classes.icon}>
        <EntryPicture entry={entry} size="small" />
      </span>
      <div className={classes.main}>
        <EntryLink entry={entry} view={view} className={classes.name} title={entry.name} data-row-link>
          {isolated(entry.name)}
        </EntryLink>
        <div className={classes.facts}>
          {folder && <span className="tabular">{t('filesShown', { count: folder.files, number: formatCount(folder.files) })}</span>}
          <span className={`${classes.small} tabular`}>{formatBytes(entry.folder ? entry.folder.size : entry.file.size)}</span>
          {file && <Origin entry={file} flat={isFlat(view)} />}
          {file?.lost && <Mark icon={IconAlertTriangle} label={t('lost')} why={t('lostText')} />}
          {file?.blocked && <Mark icon={IconBan} label={t('blocked')} why={t('blockedText')} />}
        </div>
      </div>
      <span className={`${classes.date} tabular`}>{file?.storedAt ? <RelativeTime at={file.storedAt} /> : null}</span>
      <span className={`${classes.size} tabular`}>{formatBytes(folder ? folder.size : file.size)}</span>
      <div className={classes.menu}>
        <EntryMenu entry={entry} view={view} {...acts} />
      </div>
    </div>
  );
});

/** Where a file lies and what it comes from, as far as the page doesn't say it. */
function Origin({ entry, flat }: { entry: NonNullable<Entry['file']>; flat: boolean }) {
  const { t } = useTranslation('library');
  return (
    <>
      {flat && entry.folderName !== '' && <span className={classes.origin} title={entry.folderName}>{t('inFolder', { name: isolated(entry.folderName) })}</span>}
      {entry.jobName !== entry.folderName && entry.jobName !== entry.name && <span className={classes.origin} title={entry.jobName}>{t('fromDownload', { name: isolated(entry.jobName) })}</span>}
    </>
  );
}

function Mark({ icon: Symbol, label, why }: { icon: typeof IconBan; label: string; why: string }) {
  return (
    <Tooltip label={why}>
      <span className={classes.mark}>
        <Symbol size={14} aria-hidden="true" /> {label}
      </span>
    </Tooltip>
  );
}
