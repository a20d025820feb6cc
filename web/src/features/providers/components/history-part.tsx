import { Button, Skeleton } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';

import type { ProviderCheck, ProviderHistoryEntry } from '@/api/model';
import { HealthLabel, type Health } from '@/components/health-label';
import { IconAlertTriangle, IconArrowRight, IconCircleCheck } from '@/components/icons';
import { ErrorNotice } from '@/components/notice';
import { RelativeTime } from '@/components/relative-time';
import { providerTitles } from '@/lib/provider';

import { historyQuery } from '../api';
import { failoverTexts } from '../health';
import { figuresOf } from './check-result';
import classes from './providers.module.css';

/** Provider changes: who, when, and the verification before each. */
export function HistoryPart() {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(historyQuery());
  const entries = data?.pages.flat();
  return (
    <section className={classes.part} aria-labelledby="history">
      <h2 id="history">History</h2>
      {!entries && !error && <Skeleton height={120} radius="lg" />}
      {!entries && error && <ErrorNotice error={error} title="Couldn't load the history" retry={() => void refetch()} />}
      {entries?.length === 0 && <p className={classes.note}>No provider changes yet.</p>}
      {entries && entries.length > 0 && (
        <ul className={classes.history} aria-labelledby="history">
          {entries.map((entry) => (
            <Entry key={entry.id} entry={entry} />
          ))}
        </ul>
      )}
      {hasNextPage && (
        <Button className={classes.more} variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Show older
        </Button>
      )}
    </section>
  );
}

function Entry({ entry: { at, by, from, to, failover, userChoice, verified } }: { entry: ProviderHistoryEntry }) {
  return (
    <li>
      <div className={classes.what}>
        {from === to ? (
          <>{providerTitles[to]}, new options</>
        ) : (
          <>
            {providerTitles[from]} <IconArrowRight size={15} aria-label="to" /> {providerTitles[to]}
          </>
        )}
      </div>
      <div className={classes.found}>
        <HealthLabel health={foundHealth(verified)} />
      </div>
      <p className={classes.detail}>
        {failoverTexts[failover]}
        {userChoice && '; users can choose'}
        {verified && <span>{verified.ok ? figuresOf(verified).join(' · ') : verified.message}</span>}
      </p>
      <div className={classes.who}>
        <span>{by === '' ? 'a deleted account' : by}</span>
        <RelativeTime at={at} />
      </div>
    </li>
  );
}

function foundHealth(check: ProviderCheck | null): Health {
  if (check === null) return { label: 'Not verified', icon: IconAlertTriangle, tone: 'idle' };
  if (check.ok) return { label: 'Verified', icon: IconCircleCheck, tone: 'ok' };
  return { label: 'Verification failed', icon: IconAlertTriangle, tone: 'bad' };
}
