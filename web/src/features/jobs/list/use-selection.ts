import { useCallback, useEffect, useMemo, useRef, useState } from 'react';

interface Listed {
  id: string;
}

export interface JobSelection<T extends Listed> {
  /** The selected jobs with their current data, without those that left the list. */
  jobs: readonly T[];
  has: (id: string) => boolean;
  /** Selects or unselects a job or, with `range`, everything from the previous one to it. */
  toggle: (job: T, on: boolean, range: boolean) => void;
  all: () => void;
  clear: () => void;
}

/** Keeps which jobs of a list are selected. */
export function useSelection<T extends Listed>(listed: readonly T[]): JobSelection<T> {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const anchor = useRef<string>(undefined);
  const latest = useRef(listed);
  useEffect(() => {
    latest.current = listed;
  });

  const jobs = useMemo(() => (ids.size === 0 ? [] : listed.filter((job) => ids.has(job.id))), [ids, listed]);
  const has = useCallback((id: string) => ids.has(id), [ids]);
  const toggle = useCallback((job: T, on: boolean, range: boolean) => {
    const list = latest.current;
    const from = range ? list.findIndex((each) => each.id === anchor.current) : -1;
    const to = list.findIndex((each) => each.id === job.id);
    const touched = from < 0 ? [job] : list.slice(Math.min(from, to), Math.max(from, to) + 1);
    anchor.current = job.id;
    setIds((before) => {
      const next = new Set(before);
      for (const each of touched) {
        if (on) next.add(each.id);
        else next.delete(each.id);
      }
      return next;
    });
  }, []);
  const all = useCallback(() => setIds(new Set(latest.current.map((job) => job.id))), []);
  const clear = useCallback(() => setIds(new Set()), []);
  return { jobs, has, toggle, all, clear };
}
