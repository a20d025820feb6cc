import { ActionIcon, Button, Skeleton, Tooltip } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { OpenedShare } from '@/api/model';
import { FileTree } from '@/components/file-tree';
import { IconArchive, IconArrowLeft, IconDownload, IconFileText, IconInbox, IconPhoto, IconPlayerPlay } from '@/components/icons';
import { ErrorNotice, Notice } from '@/components/notice';
import { Thumbnail } from '@/components/thumbnail';
import { shownAs, type Row, type Shown } from '@/components/viewer/shown';
import { RelativeTime } from '@/components/relative-time';
import { toastFailed } from '@/components/toast';
import { baseName, fileKind, folderOf } from '@/lib/file-kind';
import { formatBytes, formatCount } from '@/lib/format';
import { hasThumbnail } from '@/lib/has-thumbnail';
import { natural } from '@/lib/natural';
import type { OutlineFile } from '@/lib/outline';
import { hasCode, problemCode } from '@/lib/problem';

import '../messages/catalogue';
import { forget, linkShared, linkSharedArchive, sharedFilesQuery, sharedLinkQuery, visitKeys } from '../visit';
import classes from './visitor.module.css';

/** A file of a share that is to be shown. */
export interface StagedFile extends Shown {
  /** Its place in the share. */
  index: number;
}

/** What a file is shown with. */
export interface Staging {
  share: OpenedShare;
  url: string;
  /** Files of the same kind in the same folder. */
  row: Row;
  /** Called to get a new link. */
  onBroken: () => void;
  /** Called when the share, or the file in it, is gone. */
  onGone: () => void;
}

/** Shows a file of a share from a link. */
export type StageOf = (file: StagedFile, staging: Staging) => ReactNode;

interface OpenShareProps {
  share: OpenedShare;
  token: string;
  file: number | undefined;
  onFile: (file: number | undefined) => void;
  stage: StageOf;
}

/** A share that is open: its files, or one of them. */
export function OpenShare({ share, token, file, onFile, stage }: OpenShareProps) {
  const { t } = useTranslation('shares');
  const client = useQueryClient();
  const { data: files, error, refetch } = useQuery(sharedFilesQuery(share.visit));
  const ended = hasCode(error, problemCode.conflict);
  useEffect(() => {
    if (!ended) return;
    forget(token);
    void client.invalidateQueries({ queryKey: visitKeys.share(token) });
  }, [ended, token, client]);
  const opened = file === undefined ? undefined : files?.find(({ index }) => index === file);
  return (
    <>
      <div className={classes.head}>
        <div className={classes.title}>
          <h1>
            <bdi>{share.name}</bdi>
          </h1>
          <p className={classes.facts}>
            <span>{t('visitor.files', { count: share.files, number: formatCount(share.files) })}</span>
            <span>{formatBytes(share.size)}</span>
            {share.expiresAt !== null && (
              <span>
                {t('visitor.until')} <RelativeTime at={share.expiresAt} />
              </span>
            )}
          </p>
        </div>
        {share.zip && file === undefined && <ZipButton visit={share.visit} />}
      </div>
      {share.viewOnly && <p className={classes.note}>{t('visitor.viewOnly')}</p>}
      {share.spent && <p className={classes.note}>{t('visitor.spent')}</p>}
      {error && !files && !ended && <ErrorNotice error={error} title={t('visitor.filesFailed')} retry={() => void refetch()} />}
      {!files && !error && <Skeleton height={320} radius="lg" role="status" aria-label={t('visitor.loading')} />}
      {files && file !== undefined && <OneFile share={share} files={files} file={opened} stage={stage} onFile={onFile} />}
      {files?.length === 0 && file === undefined && <Notice icon={IconInbox} title={t('visitor.none')} />}
      {files && files.length > 0 && file === undefined && (
        <FileTree label={t('visitor.list')} files={files} maxHeight={620} picture={(each, icon) => <SharedPicture share={share} file={each} icon={icon} />} fileEnd={(each) => <Acts share={share} file={each} onOpen={() => onFile(each.index)} />} />
      )}
    </>
  );
}

/** Reports whether the page can show or play the file. */
function opensHere(file: OutlineFile, viewOnly: boolean): boolean {
  if (file.mark === 'opens') return true;
  return !viewOnly && fileKind(file) === 'text';
}

function SharedPicture({ share, file, icon }: { share: OpenedShare; file: OutlineFile; icon: ReactNode }) {
  const name = baseName(file.path);
  return <Thumbnail src={share.thumbnails && hasThumbnail({ ...file, name }) ? `${share.thumbnails}${file.index}` : undefined} name={name} size="small" icon={icon} />;
}

function startDownload(url: string): void {
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.rel = 'noreferrer';
  anchor.click();
}

function useDownload(link: () => Promise<{ url: string }>) {
  const { t } = useTranslation('shares');
  return useMutation({
    mutationFn: link,
    onSuccess: ({ url }) => startDownload(url),
    onError: (error) => toastFailed(t('visitor.failed'), error),
  });
}

function ZipButton({ visit }: { visit: string }) {
  const { t } = useTranslation('shares');
  const linking = useDownload(() => linkSharedArchive(visit));
  return (
    <Button leftSection={<IconArchive size={17} />} loading={linking.isPending} onClick={() => linking.mutate()}>
      {t('visitor.zip')}
    </Button>
  );
}

function Acts({ share, file, onOpen }: { share: OpenedShare; file: OutlineFile; onOpen: () => void }) {
  const { t } = useTranslation('shares');
  const linking = useDownload(() => linkShared(share.visit, file.index, 'attachment'));
  const kind = fileKind(file);
  const plays = kind === 'video' || kind === 'audio';
  const Symbol = plays ? IconPlayerPlay : kind === 'image' ? IconPhoto : IconFileText;
  const name = baseName(file.path);
  return (
    <>
      {opensHere(file, share.viewOnly) && (
        <Tooltip label={t(plays ? 'visitor.play' : 'visitor.view')}>
          <ActionIcon variant={plays ? 'light' : 'subtle'} color={plays ? undefined : 'gray'} aria-label={t(plays ? 'visitor.playOne' : 'visitor.viewOne', { name })} onClick={onOpen}>
            <Symbol size={17} />
          </ActionIcon>
        </Tooltip>
      )}
      {!share.viewOnly && (
        <Tooltip label={t('visitor.download')}>
          <ActionIcon variant="subtle" color="gray" aria-label={t('visitor.downloadOne', { name })} loading={linking.isPending} onClick={() => linking.mutate()}>
            <IconDownload size={17} />
          </ActionIcon>
        </Tooltip>
      )}
    </>
  );
}

const kindOf = (file: OutlineFile) => shownAs({ name: baseName(file.path), contentType: file.contentType });

/** The files of the same kind in the same folder, by their names. */
function useRow(files: readonly OutlineFile[], file: OutlineFile | undefined, onFile: (index: number) => void): Row {
  return useMemo(() => {
    if (!file) return { all: [], at: -1 };
    const alike = files.filter((each) => each.mark === 'opens' && folderOf(each.path) === folderOf(file.path) && kindOf(each) === kindOf(file)).sort((one, other) => natural.compare(one.path, other.path));
    return { all: alike.map((each) => ({ key: `${each.index}`, name: baseName(each.path), open: () => onFile(each.index) })), at: alike.findIndex(({ index }) => index === file.index) };
  }, [files, file, onFile]);
}

interface OneFileProps {
  share: OpenedShare;
  files: readonly OutlineFile[];
  file: OutlineFile | undefined;
  stage: StageOf;
  onFile: (file: number | undefined) => void;
}

function OneFile({ share, files, file, stage, onFile }: OneFileProps) {
  const { t } = useTranslation('shares');
  const client = useQueryClient();
  const row = useRow(files, file, onFile);
  // The list tells whether the share is gone or the file is.
  const onGone = useCallback(() => void client.invalidateQueries({ queryKey: visitKeys.files(share.visit) }), [client, share.visit]);
  const link = useQuery({ ...sharedLinkQuery(share.visit, file?.index ?? 0), enabled: file !== undefined });
  const linking = useDownload(() => linkShared(share.visit, file?.index ?? 0, 'attachment'));
  return (
    <>
      <div className={classes.filehead}>
        <Button variant="subtle" color="gray" size="compact-sm" leftSection={<IconArrowLeft size={16} />} onClick={() => onFile(undefined)}>
          {t('visitor.back')}
        </Button>
        <h2>
          <bdi>{file ? baseName(file.path) : ''}</bdi>
        </h2>
        {file && !share.viewOnly && (
          <Button variant="default" leftSection={<IconDownload size={17} />} loading={linking.isPending} onClick={() => linking.mutate()}>
            {t('visitor.download')}
          </Button>
        )}
      </div>
      {!file && (
        <Notice icon={IconInbox} title={t('visitor.missing')}>
          {t('visitor.missingText')}
        </Notice>
      )}
      {link.error && <ErrorNotice error={link.error} title={t('visitor.openFailed')} retry={() => void link.refetch()} />}
      {file && link.isPending && <Skeleton height={420} radius="lg" />}
      {file &&
        link.data &&
        stage(
          { id: `${share.visit} ${file.index}`, index: file.index, name: baseName(file.path), contentType: file.contentType, size: file.size },
          { share, url: link.data.url, row, onBroken: () => void link.refetch(), onGone },
        )}
    </>
  );
}
