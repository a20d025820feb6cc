import { Tooltip } from '@mantine/core';
import { use } from 'react';

import type { LiveStatus } from '@/lib/event-stream';

import classes from './live-badge.module.css';
import { LiveContext } from './live-context';

const looks: Record<LiveStatus, { label: string; hint: string }> = {
  connecting: { label: 'Connecting', hint: 'Connecting to the server.' },
  live: { label: 'Live', hint: 'This page updates live.' },
  reconnecting: { label: 'Reconnecting', hint: 'Connection lost. Reconnecting.' },
  stale: { label: 'Stale', hint: "Can't reach the server. This page may be out of date. Still trying." },
};

/** Shows how live the page is. */
export function LiveBadge() {
  const status = use(LiveContext);
  const { label, hint } = looks[status];
  return (
    <Tooltip label={hint} w={240}>
      <span className={classes.badge} data-status={status} role="status">
        <span className={classes.dot} aria-hidden="true" />
        {label}
      </span>
    </Tooltip>
  );
}
