import { Skeleton } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import classes from './library.module.css';

/** The rows while they load. */
export function LibrarySkeleton({ rows = 6 }: { rows?: number }) {
  const { t } = useTranslation('library');
  return (
    <div className={classes.skeletons} role="status" aria-label={t('loading')}>
      {Array.from({ length: rows }, (_, at) => (
        <Skeleton key={at} height={18} width={`${64 - ((at * 17) % 34)}%`} />
      ))}
    </div>
  );
}
