import { ActionIcon, Skeleton, Tooltip } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { JobFile } from '@/api/model';
import { FileTree } from '@/components/file-tree';
import { IconAlertTriangle, IconBan, IconClock, IconPhoto, IconPlayerPlay, IconFileText } from '@/components/icons';
import { ErrorNotice } from '@/components/notice';
import { Thumbnail } from '@/components/thumbnail';
import { shownAs } from '@/components/viewer/shown';
import { fileKind } from '@/lib/file-kind';
import { baseName } from '@/lib/file-kind';
import { formatCount } from '@/lib/format';
import { hasThumbnail, thumbnailOf } from '@/lib/has-thumbnail';
import { text } from '@/lib/messages';
import { filesOf, isAvailable, type OutlineFile } from '@/lib/outline';

import '../messages/catalogue';
import { filesQuery, firstFilesQuery, rowQuery } from '../api';
import { DeleteFileButton } from './delete-file';
import classes from './files.module.css';
import { CopyLinkButton, DownloadButton } from './link-buttons';
import { ShareFileButton, ShareFolderButton, ShareSelection, type OnShare } from './share-buttons';

/** Reports whether the app can show or play the file. */
export function opensHere(file: OutlineFile): boolean {
  const as = shownAs({ name: baseName(file.path), contentType: file.contentType });
  if (as === 'video' || as === 'audio' || as === 'image') return file.mark === 'opens';
  return as !== 'none' && isAvailable(file);
}

interface FileBrowserProps {
  jobId: string;
  onShare?: OnShare | undefined;
  /** Called when the download went with its last file. Without it, files can't be deleted. */
  onDeleted?: (() => void) | undefined;
  /** Says more about a film or a recording. */
  mark?: ((file: OutlineFile) => ReactNode) | undefined;
}

/** Says how many files there are, and how many of them can be had. */
function countsOf(chosen: readonly OutlineFile[], skipped: number): string {
  const available = chosen.filter(isAvailable).length;
  const lost = chosen.filter((file) => file.mark === 'lost').length;
  return [
    available === chosen.length ? text('files:fileBrowser.files', { count: available, number: formatCount(available) }) : text('files:fileBrowser.ofAvailable', { available, chosen: chosen.length }),
    ...(lost > 0 ? [text('files:fileBrowser.lost', { lost })] : []),
    ...(skipped > 0 ? [text('files:fileBrowser.filesSkipped', { count: skipped, number: formatCount(skipped) })] : []),
  ].join(', ');
}

/** The files of a job. Each has its actions as soon as it is available. A long list begins to show before all of it is there. */
export function FileBrowser({ jobId, onShare, onDeleted, mark }: FileBrowserProps) {
  const { t } = useTranslation('files');
  const [chosenToShare, setChosenToShare] = useState<ReadonlySet<number>>();
  const { data: first } = useQuery(firstFilesQuery(jobId));
  const { data: all, error, refetch } = useQuery(filesQuery(jobId));
  const files = useMemo(() => all ?? (first && filesOf(first)), [all, first]);
  const chosen = useMemo(() => files?.filter((file) => file.mark !== 'skipped') ?? [], [files]);
  return (
    <section aria-labelledby="files-title" aria-busy={!all && !error} className={classes.section}>
      <div className={classes.head}>
        <h2 className={classes.title} id="files-title">
          {t('fileBrowser.files2')}
        </h2>
        {all && chosen.length > 0 && <span className={`${classes.count} tabular`}>{countsOf(chosen, all.length - chosen.length)}</span>}
        {!all && !error && first && <span className={`${classes.count} tabular`}>{t('fileBrowser.filesLoading', { count: first.total, number: formatCount(first.total) })}</span>}
        {all && onShare && chosen.filter(isAvailable).length > 1 && <ShareSelection chosen={chosenToShare} onChosen={setChosenToShare} onShare={onShare} />}
      </div>
      {!files && !error && <Skeleton height={160} radius="md" />}
      {error && !all && <ErrorNotice error={error} title={files ? t('fileBrowser.couldntLoadAll') : t('fileBrowser.couldntLoadThe')} retry={() => void refetch()} />}
      {files?.length === 0 && <p className={classes.none}>{t('fileBrowser.filesShowUp')}</p>}
      {chosen.length > 0 && (
        <FileTree
          label={t('fileBrowser.listOfFiles')}
          files={chosen}
          maxHeight={520}
          isDim={(file) => !isAvailable(file)}
          selection={chosenToShare && { chosen: chosenToShare, onChange: setChosenToShare }}
          picture={(file, icon) => <FilePicture file={file} jobId={jobId} icon={icon} />}
          fileEnd={(file) => <FileActions file={file} jobId={jobId} onShare={onShare} onDeleted={onDeleted} mark={mark} />}
          folderEnd={all && onShare && ((folder) => <ShareFolderButton folder={folder} onShare={onShare} />)}
        />
      )}
    </section>
  );
}

/** The thumbnail of a photo. The list doesn't have its id, so the row asks for it, as its actions do. */
function FilePicture({ file: row, jobId, icon }: { file: OutlineFile; jobId: string; icon: ReactNode }) {
  const name = baseName(row.path);
  const wanted = isAvailable(row) && hasThumbnail({ ...row, name });
  const { data: file } = useQuery({ ...rowQuery(jobId, row.index), enabled: wanted });
  return <Thumbnail src={wanted && file ? thumbnailOf(file.id) : undefined} name={name} size="small" icon={icon} />;
}

type FileActionsProps = FileBrowserProps & { file: OutlineFile };

function FileActions({ file, ...rest }: FileActionsProps) {
  const { t } = useTranslation('files');
  if (file.mark === 'lost') {
    return (
      <Tooltip label={t('fileBrowser.noLongerIn')}>
        <span className={classes.lost}>
          <IconAlertTriangle size={16} aria-hidden="true" /> {t('fileBrowser.lost2')}
        </span>
      </Tooltip>
    );
  }
  if (file.mark === 'blocked') {
    return (
      <Tooltip label={t('fileBrowser.thisFileIs')}>
        <span className={classes.lost}>
          <IconBan size={16} aria-hidden="true" /> {t('fileBrowser.blocked')}
        </span>
      </Tooltip>
    );
  }
  if (!isAvailable(file)) {
    return (
      <Tooltip label={t('fileBrowser.notAvailableYet')}>
        <span className={classes.pending}>
          <IconClock size={16} aria-label={t('fileBrowser.notAvailableYet')} />
        </span>
      </Tooltip>
    );
  }
  return <OpenActions file={file} {...rest} />;
}

/** What to do with an available file. The list doesn't have its id, so each row asks for it when it shows. */
function OpenActions({ file: row, jobId, onShare, onDeleted, mark }: FileActionsProps) {
  const { t } = useTranslation('files');
  const { data: file, error } = useQuery(rowQuery(jobId, row.index));
  if (error && !file) {
    return (
      <Tooltip label={t('fileBrowser.noActionsReload')}>
        <span className={classes.lost}>
          <IconAlertTriangle size={16} aria-label={t('fileBrowser.noActions')} />
        </span>
      </Tooltip>
    );
  }
  if (!file) return null;
  return (
    <>
      {(fileKind(row) === 'video' || fileKind(row) === 'audio') && mark?.(row)}
      {opensHere(row) && <OpenButton file={file} jobId={jobId} />}
      {onShare && <ShareFileButton row={row} onShare={onShare} />}
      <CopyLinkButton file={file} />
      <DownloadButton file={file} />
      {onDeleted && <DeleteFileButton file={file} jobId={jobId} onWhole={onDeleted} />}
    </>
  );
}

function OpenButton({ file, jobId }: { file: JobFile; jobId: string }) {
  const { t } = useTranslation('files');
  const kind = fileKind(file);
  const plays = kind === 'video' || kind === 'audio';
  const Symbol = plays ? IconPlayerPlay : kind === 'image' ? IconPhoto : IconFileText;
  const label = `${plays ? t('fileBrowser.play') : t('fileBrowser.view')} ${baseName(file.path)}`;
  return (
    <Tooltip label={plays ? t('fileBrowser.play') : t('fileBrowser.view')}>
      <ActionIcon
        variant={plays ? 'light' : 'subtle'}
        color={plays ? undefined : 'gray'}
        aria-label={label}
        renderRoot={(props) => <Link to="/jobs/$jobId/play/$fileId" params={{ jobId, fileId: file.id }} {...props} />}
      >
        <Symbol size={17} />
      </ActionIcon>
    </Tooltip>
  );
}
