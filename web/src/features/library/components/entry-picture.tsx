import { FileIcon } from '@/components/file-icon';
import { IconFolder } from '@/components/icons';
import { Thumbnail } from '@/components/thumbnail';
import { fileKind } from '@/lib/file-kind';
import { hasThumbnail, thumbnailOf } from '@/lib/has-thumbnail';

import { isThere, type Entry } from '../view';
import classes from './library.module.css';

/** What stands for a file or a folder: the thumbnail of a photo, or an icon. */
export function EntryPicture({ entry, size }: { entry: Entry; size: 'small' | 'tile' }) {
  const { file } = entry;
  const large = size === 'tile';
  const icon = file ? (
    <FileIcon kind={fileKind({ path: file.name, contentType: file.contentType })} size={large ? 34 : 18} />
  ) : (
    <IconFolder size={large ? 40 : 20} stroke={large ? 1.3 : 1.6} className={classes.folder} aria-hidden="true" />
  );
  return <Thumbnail src={file && isThere(file) && hasThumbnail(file) ? thumbnailOf(file.id) : undefined} name={entry.name} size={size} icon={icon} />;
}
