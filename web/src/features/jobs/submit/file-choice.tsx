import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Inspection } from '@/api/model';
import { FileTree } from '@/components/file-tree';
import { IconChevronDown } from '@/components/icons';
import { ErrorNotice } from '@/components/notice';
import { sizeOf, type TreeFile } from '@/lib/file-tree';
import { formatBytes, formatCount } from '@/lib/format';

import './messages/catalogue';
import { sourceFilesQuery } from './api';
import classes from './submit-box.module.css';
import type { Choice } from './store';

interface FileChoiceProps {
  found: Inspection;
  /** Indexes of the files that are chosen; undefined is all. */
  select: readonly number[] | undefined;
  onChoice: (choice: Choice) => void;
}

/** The files of a source, folded away until the user wants to choose. A long list is loaded then. */
export function FileChoice({ found, select, onChoice }: FileChoiceProps) {
  const { t } = useTranslation('submit');
  const [open, setOpen] = useState(false);
  const { data: files, error, refetch } = useQuery({ ...sourceFilesQuery(found), enabled: open && found.outline !== '' });
  const chosen = useMemo(() => select && new Set(select), [select]);
  const change = (next: Set<number>) => {
    const whole = next.size === found.fileCount;
    onChoice({ chooseFiles: false, select: whole ? undefined : [...next].sort((a, b) => a - b) });
  };
  const size = chosen && files ? sizeOf(files, chosen) : found.size;
  const all = t('fileChoice.files', { count: found.fileCount, number: formatCount(found.fileCount) });
  return (
    <div className={classes.files}>
      <button type="button" className={classes.summary} aria-expanded={open} onClick={() => setOpen(!open)}>
        <IconChevronDown size={16} className={classes.arrow} data-open={open || undefined} aria-hidden="true" />
        <span className="tabular">
          {chosen ? t('fileChoice.of', { size: formatCount(chosen.size), all }) : all}
          {', '}
          {size === null || size < 0 ? t('fileChoice.sizeUnknown') : formatBytes(size)}
        </span>
        {found.private && <span className={classes.private}>{t('fileChoice.privateTorrent')}</span>}
      </button>
      {chosen?.size === 0 && <p className={classes.refused}>{t('fileChoice.chooseAtLeast')}</p>}
      {open && files && <Tree files={files} chosen={chosen} onChange={change} />}
      {open && !files && error && <ErrorNotice error={error} title={t('fileChoice.couldntLoadThe')} retry={() => void refetch()} />}
      {open && !files && !error && <Skeleton height={160} radius="md" role="status" aria-label={t('fileChoice.loadingTheFiles')} />}
    </div>
  );
}

function Tree({ files, chosen, onChange }: { files: readonly TreeFile[]; chosen: ReadonlySet<number> | undefined; onChange: (next: Set<number>) => void }) {
  const { t } = useTranslation('submit');
  const [all] = useState(() => new Set(files.map((file) => file.index)));
  return <FileTree label={t('fileChoice.filesToDownload')} files={files} maxHeight={340} selection={{ chosen: chosen ?? all, onChange }} />;
}
