import { Skeleton } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import './messages/catalogue';
import classes from './job-list.module.css';

/** The rows while they load. */
export function ListSkeleton({ rows = 6 }: { rows?: number }) {
  const { t } = useTranslation('list');
  return (
    <div className={classes.skeletons} role="status" aria-label={t('listSkeleton.loadingDownloads')}>
      {Array.from({ length: rows }, (_, at) => (
        <div key={at} className={classes.skeleton}>
          <Skeleton height={16} width={`${62 - ((at * 17) % 34)}%`} />
          <Skeleton height={12} width={`${38 - ((at * 11) % 20)}%`} />
        </div>
      ))}
    </div>
  );
}
