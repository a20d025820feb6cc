import { useCallback, useMemo, useRef, useState } from 'react';

/** Which rows of a list are selected. */
export interface Selected<T extends { id: string }> {
  entries: readonly T[];
  has: (id: string) => boolean;
  /** Selects or unselects a row or, with `range`, every row from the previous one to it. */
  toggle: (entry: T, on: boolean, range: boolean) => void;
  all: () => void;
  clear: () => void;
}

/** Keeps which rows are selected. One that leaves the list is not selected anymore. */
export function useSelected<T extends { id: string }>(listed: readonly T[]): Selected<T> {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const last = useRef('');
  const entries = useMemo(() => (ids.size === 0 ? [] : listed.filter((entry) => ids.has(entry.id))), [ids, listed]);
  const toggle = (entry: T, on: boolean, range: boolean) => {
    const from = range ? listed.findIndex((each) => each.id === last.current) : -1;
    const to = listed.findIndex((each) => each.id === entry.id);
    const touched = from < 0 ? [entry] : listed.slice(Math.min(from, to), Math.max(from, to) + 1);
    last.current = entry.id;
    setIds((before) => {
      const next = new Set(before);
      for (const each of touched) {
        if (on) next.add(each.id);
        else next.delete(each.id);
      }
      return next;
    });
  };
  const clear = useCallback(() => setIds(new Set()), []);
  return { entries, has: (id) => ids.has(id), toggle, all: () => setIds(new Set(listed.map((each) => each.id))), clear };
}
