import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';

import type { JobFile } from '@/api/model';
import { IconArchive, IconDownload, IconLink } from '@/components/icons';
import { toastDone, toastFailed } from '@/components/toast';
import { useFeature } from '@/lib/features';
import { baseName } from '@/lib/file-kind';
import { formatTime } from '@/lib/format';
import { isAvailable } from '@/lib/outline';
import { startDownload } from '@/lib/start-download';

import { filesQuery, makeArchiveLink, makeLink, rowQuery } from '../api';

interface DownloadButtonProps {
  file: JobFile;
  /** Shows a label, not only an icon. */
  wide?: boolean;
  variant?: 'default' | 'filled';
}

/** Downloads a file. */
export function DownloadButton({ file, wide = false, variant = 'default' }: DownloadButtonProps) {
  const linking = useMutation({
    mutationFn: () => makeLink(file.id, 'attachment'),
    onSuccess: (link) => startDownload(link.url),
    onError: (error) => toastFailed("Couldn't start the download", error),
  });
  if (wide) {
    return (
      <Button variant={variant} leftSection={<IconDownload size={17} />} loading={linking.isPending} onClick={() => linking.mutate()}>
        Download
      </Button>
    );
  }
  return (
    <Tooltip label="Download">
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={`Download ${baseName(file.path)}`}
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
  const linking = useMutation({
    mutationFn: async () => {
      const link = await makeLink(file.id, fileDisposition(file));
      await navigator.clipboard.writeText(link.url);
      return link;
    },
    onSuccess: (link) => toastDone(`Link copied. It works without signing in until ${formatTime(link.expiresAt, Date.now())}.`),
    onError: (error) => toastFailed("Couldn't copy the link", error),
  });
  if (wide) {
    return (
      <Button variant="default" leftSection={<IconLink size={17} />} loading={linking.isPending} onClick={() => linking.mutate()}>
        Copy link
      </Button>
    );
  }
  return (
    <Tooltip label="Copy link for a player or download tool">
      <ActionIcon
        data-spare
        variant="subtle"
        color="gray"
        aria-label={`Copy link to ${baseName(file.path)}`}
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
  const { data: files, isPending } = useQuery(filesQuery(jobId));
  const stored = files?.filter(isAvailable) ?? [];
  const only = stored.length === 1 ? stored[0] : undefined;
  const { data: lone } = useQuery({ ...rowQuery(jobId, only?.index ?? -1), enabled: only !== undefined });
  const zips = useFeature('archives');
  // It keeps its place while the files load.
  if (isPending && (zips || count === 1)) return <Button loading>{count === 1 ? 'Download' : 'Download all as zip'}</Button>;
  if (!files) return null;
  if (only) return lone ? <DownloadButton file={lone} wide variant="filled" /> : null;
  return zips ? <ArchiveButton jobId={jobId} /> : null;
}

function ArchiveButton({ jobId }: { jobId: string }) {
  const linking = useMutation({
    mutationFn: () => makeArchiveLink(jobId),
    onSuccess: (link) => startDownload(link.url),
    onError: (error) => toastFailed("Couldn't start the download", error),
  });
  return (
    <Button leftSection={<IconArchive size={17} />} loading={linking.isPending} onClick={() => linking.mutate()}>
      Download all as zip
    </Button>
  );
}
