import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import type { LibraryFile } from '@/api/model';
import { IconPhoto } from '@/components/icons';
import { Thumbnail } from '@/components/thumbnail';
import { hasThumbnail, thumbnailOf } from '@/lib/has-thumbnail';

import type { LibraryView } from '../view';
import { searchOf } from './entry-link';
import classes from './file-page.module.css';

/** How many neighbours are shown on each side. */
const around = 6;

/** The photos around the one that is open. */
export function Strip({ files, at, view }: { files: readonly LibraryFile[]; at: number; view: LibraryView }) {
  const { t } = useTranslation('library');
  const from = Math.max(0, at - around);
  return (
    <nav className={classes.strip} aria-label={t('photosAround')}>
      {files.slice(from, at + around + 1).map((file) => (
        <Link
          key={file.id}
          to="/files/$fileId"
          params={{ fileId: file.id }}
          search={searchOf(view)}
          replace
          className={classes.photo}
          aria-label={t('showPhoto', { name: file.name })}
          aria-current={file.id === files[at]?.id || undefined}
        >
          <Thumbnail src={hasThumbnail(file) ? thumbnailOf(file.id) : undefined} name="" size="tile" icon={<IconPhoto size={20} aria-hidden="true" />} />
        </Link>
      ))}
    </nav>
  );
}
