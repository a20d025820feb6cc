import { Button, Skeleton } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Cleanup } from '@/api/model';
import { ErrorNotice } from '@/components/notice';

import '../messages/catalogue';
import { cleanupsQuery, isWorking, storageKeys } from '../api';
import { CleanupCard } from './cleanup-card';
import { CleanupResults } from './cleanup-results';
import { ConfirmCleanup } from './confirm-cleanup';
import { StartDialog } from './start-dialog';
import classes from './storage.module.css';

const shownFirst = 3;

/** Clean-ups of storage: start one, see what it found, remove that. */
export function CleanupPart() {
  const { t } = useTranslation('storage');
  const client = useQueryClient();
  const { data: cleanups, error, refetch } = useQuery(cleanupsQuery());
  const [starting, setStarting] = useState(false);
  const [confirming, setConfirming] = useState<Cleanup>();
  const [shown, setShown] = useState<Cleanup>();
  const [all, setAll] = useState(false);
  const working = cleanups?.filter(isWorking).length ?? 0;
  const before = useRef(working);
  useEffect(() => {
    if (working < before.current) void client.invalidateQueries({ queryKey: storageKeys.all });
    before.current = working;
  }, [client, working]);
  return (
    <section className={classes.part} data-hold aria-labelledby="cleanups">
      <div className={classes.parthead}>
        <h2 id="cleanups">{t('cleanupPart.cleanUps')}</h2>
        <Button variant="default" disabled={working > 0} onClick={() => setStarting(true)}>
          {t('cleanupPart.lookForOrphans')}
        </Button>
      </div>
      {!cleanups && (error ? <ErrorNotice error={error} title={t('cleanupPart.couldntLoadThe')} retry={() => void refetch()} /> : <Skeleton height={110} radius="lg" />)}
      {cleanups?.length === 0 && (
        <p className={classes.note}>{t('cleanupPart.noneYetAn')}</p>
      )}
      {cleanups && cleanups.length > 0 && (
        <ul className={classes.cards} aria-label={t('cleanupPart.cleanUps')}>
          {cleanups.slice(0, all ? undefined : shownFirst).map((cleanup) => (
            <CleanupCard key={cleanup.id} cleanup={cleanup} onResults={setShown} onConfirm={setConfirming} />
          ))}
        </ul>
      )}
      {cleanups && cleanups.length > shownFirst && !all && (
        <Button variant="default" onClick={() => setAll(true)}>
          {t('cleanupPart.showMore')}
        </Button>
      )}
      <StartDialog opened={starting} onClose={() => setStarting(false)} />
      <ConfirmCleanup cleanup={confirming} onClose={() => setConfirming(undefined)} />
      <CleanupResults cleanup={shown} onClose={() => setShown(undefined)} />
    </section>
  );
}
