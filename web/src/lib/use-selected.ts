import { useCallback, useEffect, useMemo, useRef, useState } from 'react';

/** Which rows of a list are selected. */
export interface Selected<T extends { id: string }> {
  /** The selected rows with their current data, without those that left the list. */
  entries: readonly T[];
  has: (id: string) => boolean;
  /** Selects or unselects a row or, with `range`, every row from the previous one to it. */
  toggle: (entry: T, on: boolean, range: boolean) => void;
  all: () => void;
  clear: () => void;
}

/** Keeps which rows of a list are selected. Its functions stay the same, so that rows need no new rendering. */
export function useSelected<T extends { id: string }>(listed: readonly T[]): Selected<T> {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const last = useRef('');
  const latest = useRef(listed);
  useEffect(() => {
    latest.current = listed;
  });

  const entries = useMemo(() => (ids.size === 0 ? [] : listed.filter((entry) => ids.has(entry.id))), [ids, listed]);
  const has = useCallback((id: string) => ids.has(id), [ids]);
  const toggle = useCallback((entry: T, on: boolean, range: boolean) => {
    const list = latest.current;
    const from = range ? list.findIndex((each) => each.id === last.current) : -1;
    const to = list.findIndex((each) => each.id === entry.id);
    const touched = from < 0 ? [entry] : list.slice(Math.min(from, to), Math.max(from, to) + 1);
    last.current = entry.id;
    setIds((before) => {
      const next = new Set(before);
      for (const each of touched) {
        if (on) next.add(each.id);
        else next.delete(each.id);
      }
      return next;
    });
  }, []);
  const all = useCallback(() => setIds(new Set(latest.current.map((entry) => entry.id))), []);
  const clear = useCallback(() => setIds(new Set()), []);
  return { entries, has, toggle, all, clear };
}
