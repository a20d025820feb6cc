import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';

import { recall, useReturn } from './use-return';
import classes from './window-list.module.css';

interface WindowListProps {
  label: string;
  /** How many rows are loaded. */
  count: number;
  /** The typical height of a row, in pixels. */
  estimate: number;
  rowKey: (index: number) => string;
  /** Renders a row. Its element must be a listitem. */
  row: (index: number) => ReactNode;
  /** Names this visit of the page: on another mount with the same name, the list is where it was left. */
  memory?: string;
  /** Dims the rows while they still belong to the previous query. */
  dim?: boolean;
  /** Called when the end of the list is near. */
  onEnd: () => void;
  onKeyDown?: (event: KeyboardEvent<HTMLElement>, reveal: (index: number) => void) => void;
}

const endIsNear = 12;

/** A list of any length that scrolls with the window and renders only visible rows. */
export function WindowList({ label, count, estimate, rowKey, row, memory = '', dim = false, onEnd, onKeyDown }: WindowListProps) {
  const frame = useRef<HTMLDivElement>(null);
  const [margin, setMargin] = useState(0);
  // The list's distance from the top changes with the form above it.
  useLayoutEffect(() => {
    const measure = () => setMargin(Math.round((frame.current?.getBoundingClientRect().top ?? 0) + window.scrollY));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, []);
  const [left] = useState(() => recall(memory));
  const virtual = useWindowVirtualizer({
    count,
    initialMeasurementsCache: left?.measured ?? [],
    estimateSize: () => estimate,
    overscan: 6,
    scrollMargin: margin,
    getItemKey: rowKey,
  });
  useReturn(memory, virtual, left, count, rowKey);
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= count - endIsNear) onEnd();
  }, [last, count, onEnd]);
  const reveal = (index: number) => virtual.scrollToIndex(index, { align: 'auto' });

  return (
    // The keys move between the rows' links; the list itself isn't a control.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      ref={frame}
      className={classes.rows}
      data-dim={dim || undefined}
      role="list"
      aria-label={label}
      style={{ height: virtual.getTotalSize() }}
      onKeyDown={onKeyDown && ((event) => onKeyDown(event, reveal))}
    >
      {items.map((item) => (
        <div
          key={item.key}
          ref={virtual.measureElement}
          data-index={item.index}
          className={classes.place}
          role="presentation"
          style={{ transform: `translateY(${item.start - margin}px)` }}
        >
          {row(item.index)}
        </div>
      ))}
    </div>
  );
}
