import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { Hold } from '@/components/hold';
import { useNow } from '@/lib/use-now';

import { jobKeys } from '../api';
import { anyJobKeys } from '../everybody/api';
import { jobActsQuery } from '../many/api';
import './messages/catalogue';
import { bulkActsQuery, isOpen, type AnyBulkAct } from './api';
import { BulkCard } from './bulk-card';
import { BulkResults } from './bulk-results';
import classes from './bulk.module.css';

/** This long an act stays above the list after its end. */
const shownFor = 10 * 60_000;

interface BulkActsProps {
  acts: readonly AnyBulkAct[];
}

/** Acts on many downloads, with what became of each on demand. */
export function BulkCards({ acts }: BulkActsProps) {
  const { t } = useTranslation('bulk');
  const [shown, setShown] = useState<AnyBulkAct>();
  return (
    <>
      <ul className={classes.cards} aria-label={t('bulkActs.actsOnMany')}>
        {acts.map((act) => (
          <BulkCard key={act.id} act={act} onResults={setShown} />
        ))}
      </ul>
      <BulkResults act={shown} onClose={() => setShown(undefined)} />
    </>
  );
}

/** The admins' acts that run or ended a moment ago. When one ends, the list below is read again. */
export function RecentBulkActs() {
  const { data: acts = [], isPending, failureCount } = useQuery(bulkActsQuery());
  if (isPending && failureCount === 0) return <Hold />;
  return <RecentActs acts={acts} lists={anyJobKeys.lists()} />;
}

/** The user's acts on their own downloads that run or ended a moment ago, as above. */
export function OwnActs() {
  const { data: acts = [] } = useQuery(jobActsQuery());
  return <RecentActs acts={acts} lists={jobKeys.all} />;
}

function RecentActs({ acts, lists }: BulkActsProps & { lists: readonly unknown[] }) {
  const client = useQueryClient();
  const now = useNow();
  const open = acts.filter(isOpen).length;
  const before = useRef(open);
  useEffect(() => {
    if (open < before.current) void client.invalidateQueries({ queryKey: lists });
    before.current = open;
  }, [client, lists, open]);
  const recent = acts.filter((act) => isOpen(act) || (act.endedAt !== null && now - Date.parse(act.endedAt) < shownFor));
  return recent.length === 0 ? null : <BulkCards acts={recent} />;
}
