import { Tooltip } from '@mantine/core';
import { use } from 'react';
import { useTranslation } from 'react-i18next';

import { formatTime } from '@/lib/format';
import { useNow } from '@/lib/use-now';

import classes from './live-badge.module.css';
import { LiveContext } from './live-context';
import './messages/catalogue';

/** Shows how live the page is. What is wrong is announced by the notice below it. */
export function LiveBadge() {
  const { t } = useTranslation('live');
  const { status, heardAt } = use(LiveContext);
  const since = formatTime(new Date(heardAt).toISOString(), useNow());
  return (
    <Tooltip label={t(`${status}.hint`, { since })} w={240} events={{ hover: true, focus: false, touch: true }}>
      <span className={classes.badge} data-status={status}>
        <span className={classes.dot} aria-hidden="true" />
        {t(`${status}.label`, { since })}
      </span>
    </Tooltip>
  );
}
