import { Tooltip } from '@mantine/core';

import { formatMoment, formatRelative } from '@/lib/format';
import { useNow } from '@/lib/use-now';

/** An instant relative to now; the full date shows on hover. */
export function RelativeTime({ at }: { at: string }) {
  const now = useNow();
  return (
    <Tooltip label={formatMoment(at)}>
      <time dateTime={at}>{formatRelative(at, now)}</time>
    </Tooltip>
  );
}
