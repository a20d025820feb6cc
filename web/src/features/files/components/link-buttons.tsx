import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { JobFile } from '@/api/model';
import { IconArchive, IconDownload, IconLink } from '@/components/icons';
import { toastDone, toastFailed } from '@/components/toast';
import { useFeature } from '@/lib/features';
import { baseName } from '@/lib/file-kind';
import { formatTime } from '@/lib/format';
import { isAvailable } from '@/lib/outline';
import { startDownload } from '@/lib/start-download';

import '../messages/catalogue';
import { filesQuery, makeArchiveLink, makeLink, rowQuery } from '../api';

interface DownloadButtonProps {
  file: JobFile;
  /** Shows a label, not only an icon. */
  wide?: boolean;
  variant?: 'default' | 'filled';
}

/** Downloads a file. */
export function DownloadButton({ file, wide = false, variant = 'default' }: DownloadButtonProps) {
  const { t } = useTranslation('files');
  const linking = useMutation({
    mutationFn: () => makeLink(file.id, 'attachment'),
    onSuccess: (link) => startDownload(link.url),
    onError: (error) => toastFailed(t('linkButtons.couldntStartThe'), error),
  });
  if (wide) {
    return (
      <Button variant={variant} leftSection={<IconDownload size={17} />} loading={linking.isPending} onClick={() => linking.mutate()}>
        {t('linkButtons.download')}
      </Button>
    );
  }
  return (
    <Tooltip label={t('linkButtons.download')}>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={t('linkButtons.download2', { baseName: baseName(file.path) })}
        loading={linking.isPending}
        onClick={() => linking.mutate()}
      >
        <IconDownload size={17} />
      </ActionIcon>
    </Tooltip>
  );
}

/** Copies a link that works without signing in until it expires. */
export function CopyLinkButton({ file, wide = false }: { file: JobFile; wide?: boolean }) {
  const { t } = useTranslation('files');
  const linking = useMutation({
    mutationFn: async () => {
      const link = await makeLink(file.id, fileDisposition(file));
      await navigator.clipboard.writeText(link.url);
      return link;
    },
    onSuccess: (link) => toastDone(t('linkButtons.linkCopiedIt', { expiresAt: formatTime(link.expiresAt, Date.now()) })),
    onError: (error) => toastFailed(t('linkButtons.couldntCopyThe'), error),
  });
  if (wide) {
    return (
      <Button variant="default" leftSection={<IconLink size={17} />} loading={linking.isPending} onClick={() => linking.mutate()}>
        {t('linkButtons.copyLink')}
      </Button>
    );
  }
  return (
    <Tooltip label={t('linkButtons.copyLinkFor')}>
      <ActionIcon
        data-spare
        variant="subtle"
        color="gray"
        aria-label={t('linkButtons.copyLinkTo', { baseName: baseName(file.path) })}
        loading={linking.isPending}
        onClick={() => linking.mutate()}
      >
        <IconLink size={17} />
      </ActionIcon>
    </Tooltip>
  );
}

function fileDisposition(file: JobFile): 'inline' | 'attachment' {
  return file.previewable ? 'inline' : 'attachment';
}

/** Downloads all files of a job: a single file directly, several as a zip. */
export function DownloadAllButton({ jobId, count }: { jobId: string; count: number }) {
  const { t } = useTranslation('files');
  const { data: files, isPending } = useQuery(filesQuery(jobId));
  const stored = files?.filter(isAvailable) ?? [];
  const only = stored.length === 1 ? stored[0] : undefined;
  const { data: lone } = useQuery({ ...rowQuery(jobId, only?.index ?? -1), enabled: only !== undefined });
  const zips = useFeature('archives');
  // It keeps its place while the files load.
  if (isPending && (zips || count === 1)) return <Button loading>{t('linkButtons.downloadAllAs', { count })}</Button>;
  if (!files) return null;
  if (only) return lone ? <DownloadButton file={lone} wide variant="filled" /> : null;
  return zips ? <ArchiveButton jobId={jobId} /> : null;
}

function ArchiveButton({ jobId }: { jobId: string }) {
  const { t } = useTranslation('files');
  const linking = useMutation({
    mutationFn: () => makeArchiveLink(jobId),
    onSuccess: (link) => startDownload(link.url),
    onError: (error) => toastFailed(t('linkButtons.couldntStartThe'), error),
  });
  return (
    <Button leftSection={<IconArchive size={17} />} loading={linking.isPending} onClick={() => linking.mutate()}>
      {t('linkButtons.downloadAllAsZip')}
    </Button>
  );
}
