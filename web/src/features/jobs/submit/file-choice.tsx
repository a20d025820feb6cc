import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';

import type { Inspection } from '@/api/model';
import { FileTree } from '@/components/file-tree';
import { IconChevronDown } from '@/components/icons';
import { ErrorNotice } from '@/components/notice';
import { sizeOf, type TreeFile } from '@/lib/file-tree';
import { formatBytes, formatCount, formatPlural } from '@/lib/format';

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
  const [open, setOpen] = useState(false);
  const { data: files, error, refetch } = useQuery({ ...sourceFilesQuery(found), enabled: open && found.outline !== '' });
  const chosen = useMemo(() => select && new Set(select), [select]);
  const change = (next: Set<number>) => {
    const whole = next.size === found.fileCount;
    onChoice({ chooseFiles: false, select: whole ? undefined : [...next].sort((a, b) => a - b) });
  };
  const size = chosen && files ? sizeOf(files, chosen) : found.size;
  const all = formatPlural(found.fileCount, 'file', 'files');
  return (
    <div className={classes.files}>
      <button type="button" className={classes.summary} aria-expanded={open} onClick={() => setOpen(!open)}>
        <IconChevronDown size={16} className={classes.arrow} data-open={open || undefined} aria-hidden="true" />
        <span className="tabular">
          {chosen ? `${formatCount(chosen.size)} of ${all}` : all}
          {', '}
          {size === null || size < 0 ? 'size unknown' : formatBytes(size)}
        </span>
        {found.private && <span className={classes.private}>private torrent</span>}
      </button>
      {chosen?.size === 0 && <p className={classes.refused}>Choose at least one file.</p>}
      {open && files && <Tree files={files} chosen={chosen} onChange={change} />}
      {open && !files && error && <ErrorNotice error={error} title="Couldn't load the files" retry={() => void refetch()} />}
      {open && !files && !error && <Skeleton height={160} radius="md" role="status" aria-label="Loading the files" />}
    </div>
  );
}

function Tree({ files, chosen, onChange }: { files: readonly TreeFile[]; chosen: ReadonlySet<number> | undefined; onChange: (next: Set<number>) => void }) {
  const [all] = useState(() => new Set(files.map((file) => file.index)));
  return <FileTree label="Files to download" files={files} maxHeight={340} selection={{ chosen: chosen ?? all, onChange }} />;
}
