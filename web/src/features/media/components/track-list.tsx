import { useTranslation } from 'react-i18next';

import { IconMusic } from '@/components/icons';
import type { Row } from '@/components/viewer/shown';

import '../messages/catalogue';
import classes from './media.module.css';

/** The songs of an album, of which one plays. */
export function TrackList({ row }: { row: Row }) {
  const { t } = useTranslation('media');
  return (
    <ol className={classes.list} aria-label={t('tracks')}>
      {row.all.map((song, at) => (
        <li key={song.key}>
          <button type="button" className={classes.song} aria-current={at === row.at ? 'true' : undefined} onClick={() => song.open()}>
            <span className={`${classes.number} tabular`}>{at === row.at ? <IconMusic size={16} aria-hidden="true" /> : at + 1}</span>
            <bdi>{song.name}</bdi>
          </button>
        </li>
      ))}
    </ol>
  );
}
