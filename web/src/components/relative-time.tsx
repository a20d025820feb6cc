import { Tooltip } from '@mantine/core';
import { useEffect, useRef, useState, type RefObject } from 'react';

import { formatMoment, formatRelative } from '@/lib/format';
import { useNow } from '@/lib/use-now';

// As other tooltips wait: the theme's delay is for those that are there from the start.
const openDelay = 350;

/** An instant relative to now; the full date shows on hover. The tooltip comes with the pointer: long lists are full of times. */
export function RelativeTime({ at }: { at: string }) {
  const now = useNow();
  const place = useRef<HTMLTimeElement>(null);
  const [near, setNear] = useState(false);
  return (
    <>
      <time
        ref={place}
        dateTime={at}
        onPointerEnter={({ pointerType }) => setNear(pointerType !== 'touch')}
        onPointerLeave={() => setNear(false)}
      >
        {formatRelative(at, now)}
      </time>
      {near && <Moment at={at} place={place} />}
    </>
  );
}

function Moment({ at, place }: { at: string; place: RefObject<HTMLElement | null> }) {
  const [opened, setOpened] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setOpened(true), openDelay);
    return () => clearTimeout(timer);
  }, []);
  return <Tooltip label={formatMoment(at)} target={place} opened={opened} />;
}
