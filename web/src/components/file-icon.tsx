import type { Icon } from '@tabler/icons-react';

import type { FileKind } from '@/lib/file-kind';

import classes from './file-tree.module.css';
import { IconFile, IconFileMusic, IconFileText, IconFileTypePdf, IconFileZip, IconMovie, IconPhoto } from './icons';

const icons: Record<FileKind, Icon> = {
  video: IconMovie,
  audio: IconFileMusic,
  image: IconPhoto,
  text: IconFileText,
  pdf: IconFileTypePdf,
  archive: IconFileZip,
  other: IconFile,
};

/** The icon of a kind of file. */
export function FileIcon({ kind, size = 18 }: { kind: FileKind; size?: number }) {
  const Symbol = icons[kind];
  return <Symbol size={size} stroke={1.6} className={classes.file} aria-hidden="true" />;
}
