import { Button, SegmentedControl, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { ContentCheck } from '@/api/model';
import { ErrorNotice } from '@/components/notice';
import { RelativeTime } from '@/components/relative-time';
import { toastFailed } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';
import { text } from '@/lib/messages';

import '../messages/catalogue';
import { checksQuery, startCheck, stopCheck, storageKeys } from '../api';
import { foundBy, titleOfCheck } from '../check-text';
import { CheckPlan } from './check-plan';
import classes from './storage.module.css';

const shownFirst = 3;
const shares = [
  { value: '1', label: '1%' },
  { value: '5', label: '5%' },
  { value: '25', label: '25%' },
  { value: '100', label: text('storage:checkPart.all') },
];

/** Checks of what is stored against its checksums: start one, see what it found. */
export function CheckPart() {
  const { t } = useTranslation('storage');
  const client = useQueryClient();
  const confirmed = useConfirmed();
  const { data: checks, error, refetch } = useQuery(checksQuery());
  const [percent, setPercent] = useState('5');
  const reading = checks?.some(({ state }) => state === 'reading') ?? false;
  const before = useRef(reading);
  useEffect(() => {
    if (before.current && !reading) void client.invalidateQueries({ queryKey: storageKeys.list('damaged') });
    before.current = reading;
  }, [client, reading]);
  const starting = useMutation({
    mutationFn: () => confirmed(() => startCheck(Number(percent))),
    onError: (fault) => toastFailed(t('checkPart.couldntStartThe'), fault),
    onSettled: () => client.invalidateQueries({ queryKey: storageKeys.checks() }),
  });
  return (
    <section className={classes.part} data-hold aria-labelledby="checks">
      <div className={classes.parthead}>
        <h2 id="checks">{t('checkPart.integrity')}</h2>
        <div className={classes.buttons}>
          <SegmentedControl aria-label={t('checkPart.howMuchTo')} data={shares} value={percent} onChange={setPercent} />
          <Button variant="default" disabled={reading} loading={starting.isPending} onClick={() => starting.mutate()}>
            {t('checkPart.checkIntegrity')}
          </Button>
        </div>
      </div>
      <p className={classes.note}>{t('checkPart.readsStoredFiles')}</p>
      <CheckPlan percent={Number(percent)} />
      {!checks && (error ? <ErrorNotice error={error} title={t('checkPart.couldntLoadThe')} retry={() => void refetch()} /> : <Skeleton height={90} radius="lg" />)}
      {checks && checks.length > 0 && (
        <ul className={classes.cards} aria-label={t('checkPart.checks')}>
          {checks.slice(0, shownFirst).map((check) => (
            <CheckCard key={check.id} check={check} />
          ))}
        </ul>
      )}
    </section>
  );
}

function CheckCard({ check }: { check: ContentCheck }) {
  const { t } = useTranslation('storage');
  const client = useQueryClient();
  const confirmed = useConfirmed();
  const stopping = useMutation({
    mutationFn: () => confirmed(() => stopCheck(check.id)),
    onError: (error) => toastFailed(t('checkPart.couldntStopIt'), error),
    onSettled: () => client.invalidateQueries({ queryKey: storageKeys.checks() }),
  });
  const reading = check.state === 'reading';
  return (
    <li className={classes.card}>
      <div className={classes.head}>
        <h3>{titleOfCheck(check)}</h3>
        <span className={classes.note}>
          {check.by !== '' && `${check.by}, `}
          <RelativeTime at={check.createdAt} />
        </span>
      </div>
      <p className={classes.progress} role={reading ? 'status' : undefined} data-tone={check.damaged > 0 ? 'bad' : undefined}>
        {foundBy(check)}
      </p>
      {reading && (
        <div className={classes.buttons}>
          <Button size="compact-sm" variant="default" loading={stopping.isPending} onClick={() => stopping.mutate()}>
            {t('checkPart.stop')}
          </Button>
        </div>
      )}
    </li>
  );
}
