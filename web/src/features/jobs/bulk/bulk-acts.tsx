import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';

import type { BulkAct } from '@/api/model';
import { useNow } from '@/lib/use-now';

import { anyJobKeys } from '../everybody/api';
import { bulkActsQuery, isOpen } from './api';
import { BulkCard } from './bulk-card';
import { BulkResults } from './bulk-results';
import classes from './bulk.module.css';

/** This long an act stays above the list after its end. */
const shownFor = 10 * 60_000;

interface BulkActsProps {
  acts: readonly BulkAct[];
}

/** Acts on many downloads, with what became of each on demand. */
export function BulkCards({ acts }: BulkActsProps) {
  const [shown, setShown] = useState<BulkAct>();
  return (
    <>
      <ul className={classes.cards} aria-label="Acts on many downloads">
        {acts.map((act) => (
          <BulkCard key={act.id} act={act} onResults={setShown} />
        ))}
      </ul>
      <BulkResults act={shown} onClose={() => setShown(undefined)} />
    </>
  );
}

/** The acts that run or ended a moment ago. When one ends, the list below is read again. */
export function RecentBulkActs() {
  const client = useQueryClient();
  const { data: acts = [] } = useQuery(bulkActsQuery());
  const now = useNow();
  const open = acts.filter(isOpen).length;
  const before = useRef(open);
  useEffect(() => {
    if (open < before.current) void client.invalidateQueries({ queryKey: anyJobKeys.lists() });
    before.current = open;
  }, [client, open]);
  const recent = acts.filter((act) => isOpen(act) || (act.endedAt !== null && now - Date.parse(act.endedAt) < shownFor));
  return recent.length === 0 ? null : <BulkCards acts={recent} />;
}
