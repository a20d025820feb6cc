import { Button, Skeleton } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { ProviderCheck, ProviderHistoryEntry } from '@/api/model';
import { HealthLabel, type Health } from '@/components/health-label';
import { IconAlertTriangle, IconArrowRight, IconCircleCheck } from '@/components/icons';
import { ErrorNotice } from '@/components/notice';
import { RelativeTime } from '@/components/relative-time';
import { text } from '@/lib/messages';
import { providerTitles } from '@/lib/provider';

import '../messages/catalogue';
import { historyQuery } from '../api';
import { failoverTexts } from '../health';
import { figuresOf } from './check-result';
import classes from './providers.module.css';

/** Provider changes: who, when, and the verification before each. */
export function HistoryPart() {
  const { t } = useTranslation('providers');
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(historyQuery());
  const entries = data?.pages.flat();
  return (
    <section className={classes.part} aria-labelledby="history">
      <h2 id="history">{t('historyPart.history')}</h2>
      {!entries && !error && <Skeleton height={120} radius="lg" />}
      {!entries && error && <ErrorNotice error={error} title={t('historyPart.couldntLoadThe')} retry={() => void refetch()} />}
      {entries?.length === 0 && <p className={classes.note}>{t('historyPart.noProviderChanges')}</p>}
      {entries && entries.length > 0 && (
        <ul className={classes.history} aria-labelledby="history">
          {entries.map((entry) => (
            <Entry key={entry.id} entry={entry} />
          ))}
        </ul>
      )}
      {hasNextPage && (
        <Button className={classes.more} variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t('historyPart.showOlder')}
        </Button>
      )}
    </section>
  );
}

function Entry({ entry: { at, by, from, to, failover, userChoice, verified } }: { entry: ProviderHistoryEntry }) {
  const { t } = useTranslation('providers');
  return (
    <li>
      <div className={classes.what}>
        {from === to ? (
          <>{t('historyPart.newOptions', { providerTitles: providerTitles[to] })}</>
        ) : (
          <>
            {providerTitles[from]} <IconArrowRight size={15} aria-label={t('historyPart.to')} /> {providerTitles[to]}
          </>
        )}
      </div>
      <div className={classes.found}>
        <HealthLabel health={foundHealth(verified)} />
      </div>
      <p className={classes.detail}>
        {failoverTexts[failover]}
        {userChoice && t('historyPart.usersCanChoose')}
        {verified && <span>{verified.ok ? figuresOf(verified).join(' · ') : verified.message}</span>}
      </p>
      <div className={classes.who}>
        <span>{by === '' ? t('historyPart.aDeletedAccount') : by}</span>
        <RelativeTime at={at} />
      </div>
    </li>
  );
}

function foundHealth(check: ProviderCheck | null): Health {
  if (check === null) return { label: text('providers:historyPart.notVerified'), icon: IconAlertTriangle, tone: 'idle' };
  if (check.ok) return { label: text('providers:historyPart.verified'), icon: IconCircleCheck, tone: 'ok' };
  return { label: text('providers:historyPart.verificationFailed'), icon: IconAlertTriangle, tone: 'bad' };
}
