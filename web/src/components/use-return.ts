import type { VirtualItem, Virtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useRef } from 'react';

/** Where a list was left. */
interface Left {
  /** The row at the top of the window, and how far its top was from there. */
  anchor: string;
  offset: number;
  measured: VirtualItem[];
}

const places = new Map<string, Left>();
const mostPlaces = 20;

/** Returns where the list was left, if it was. */
export function recall(memory: string): Left | undefined {
  return memory === '' ? undefined : places.get(memory);
}

function keep(memory: string, left: Left): void {
  places.delete(memory);
  places.set(memory, left);
  const oldest = places.keys().next();
  if (places.size > mostPlaces && !oldest.done) places.delete(oldest.value);
}

/**
 * Brings a list back to where it was left, by the row at its top: rows may have come or gone above it. Rows have
 * different heights, so the measured ones are kept, too.
 */
export function useReturn(memory: string, virtual: Virtualizer<Window, Element>, left: Left | undefined, count: number, rowKey: (index: number) => string): void {
  const latest = useRef({ virtual, rowKey });
  useLayoutEffect(() => {
    latest.current = { virtual, rowKey };
  });

  useEffect(() => {
    if (memory === '') return undefined;
    const remember = () => {
      const { virtual: list } = latest.current;
      const top = window.scrollY;
      const first = list.getVirtualItems().find((item) => item.end > top);
      if (first) keep(memory, { anchor: String(first.key), offset: first.start - top, measured: list.measurementsCache });
    };
    window.addEventListener('scroll', remember, { passive: true });
    return () => window.removeEventListener('scroll', remember);
  }, [memory]);

  const returned = useRef(left === undefined || left.offset > 0);
  useLayoutEffect(() => {
    if (returned.current || !left || count === 0) return;
    returned.current = true;
    const go = () => {
      const { virtual: list, rowKey: keyOf } = latest.current;
      const at = Array.from({ length: count }, (_, index) => index).find((index) => keyOf(index) === left.anchor);
      const start = at === undefined ? undefined : list.measurementsCache[at]?.start;
      if (start !== undefined) window.scrollTo({ top: start - left.offset });
    };
    go();
    // The router scrolls by pixels after this render; the row counts.
    requestAnimationFrame(() => requestAnimationFrame(go));
  }, [left, count]);
}
