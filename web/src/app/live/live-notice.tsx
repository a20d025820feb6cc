import { Button, VisuallyHidden } from '@mantine/core';
import { use } from 'react';
import { useTranslation } from 'react-i18next';

import { IconRefresh, IconWifiOff } from '@/components/icons';
import { formatTime } from '@/lib/format';
import { useNow } from '@/lib/use-now';

import { LiveContext, outOfDate } from './live-context';
import classes from './live-notice.module.css';
import './messages/catalogue';

/**
 * Says in plain words that the page is out of date, and, to screen readers, that it no longer is. Short breaks pass
 * without a word: the badge shows them.
 */
export function LiveNotice() {
  const { t } = useTranslation('live');
  const { status, heardAt, recovered, retry } = use(LiveContext);
  const now = useNow();
  const told = outOfDate(status);
  return (
    <div className={classes.place} data-status={told ? status : undefined}>
      <div role="status" aria-label={t('place')} className={classes.text}>
        {told && <IconWifiOff size={18} aria-hidden="true" className={classes.symbol} />}
        {told && <p>{t(`${status}.hint`, { since: formatTime(new Date(heardAt).toISOString(), now) })}</p>}
        {recovered && <VisuallyHidden>{t('recovered')}</VisuallyHidden>}
      </div>
      {told && (
        <Button size="compact-sm" variant="default" className={classes.retry} leftSection={<IconRefresh size={15} aria-hidden="true" />} onClick={retry}>
          {t('retry')}
        </Button>
      )}
    </div>
  );
}
