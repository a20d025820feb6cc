import { Anchor, Button, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { StorageInfo } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { FormFault } from '@/components/form-fault';
import { HealthLabel, type Health } from '@/components/health-label';
import { IconAlertTriangle, IconCircleCheck } from '@/components/icons';
import { ErrorNotice } from '@/components/notice';
import { toastDone } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';
import { formatBytes, formatCount, formatTime } from '@/lib/format';
import { text } from '@/lib/messages';
import { useNow } from '@/lib/use-now';

import '../messages/catalogue';
import { acceptStorage, providerKeys, storageQuery } from '../api';
import classes from './providers.module.css';

const works: Health = { label: text('providers:storagePart.ok'), icon: IconCircleCheck, tone: 'ok' };
const paused: Health = { label: text('providers:storagePart.paused'), icon: IconAlertTriangle, tone: 'bad' };
const lossy: Health = { label: text('providers:storagePart.filesLost'), icon: IconAlertTriangle, tone: 'warn' };

const pauses: Record<StorageInfo['paused'], string> = {
  '': '',
  restored: text('providers:storagePart.theDatabaseIs'),
  other_bucket: text('providers:storagePart.theDatabaseDoesnt'),
};

/** How storage and the database compare: why deletion is paused, what has no row, and which files are gone. */
export function StoragePart() {
  const { t } = useTranslation('providers');
  const { data, error, refetch } = useQuery(storageQuery());
  const [accepting, setAccepting] = useState(false);
  return (
    <section className={classes.part} aria-labelledby="storage">
      <h2 id="storage">{t('storagePart.storage')}</h2>
      {!data && !error && <Skeleton height={120} radius="lg" />}
      {!data && error && <ErrorNotice error={error} title={t('storagePart.couldntLoadThe')} retry={() => void refetch()} />}
      {data && (
        <ul className={classes.history} aria-labelledby="storage">
          <Deletion info={data} onAccept={() => setAccepting(true)} />
          <Orphans info={data} />
          <Lost info={data} onAccept={() => setAccepting(true)} />
        </ul>
      )}
      <AcceptDialog opened={accepting} onClose={() => setAccepting(false)} />
    </section>
  );
}

interface RowProps {
  info: StorageInfo;
  onAccept: () => void;
}

function Deletion({ info, onAccept }: RowProps) {
  const { t } = useTranslation('providers');
  const waiting = info.paused !== '' && info.acceptedAt !== null;
  return (
    <li>
      <span className={classes.what}>{t('storagePart.cleanUp')}</span>
      <HealthLabel health={info.paused === '' ? works : paused} />
      {info.paused !== '' && <p className={classes.detail}>{waiting ? t('storagePart.acceptedItTakes') : pauses[info.paused]}</p>}
      {info.paused !== '' && !waiting && (
        <Button variant="default" size="xs" onClick={onAccept}>
          {t('storagePart.acceptStorage')}
        </Button>
      )}
    </li>
  );
}

function Orphans({ info: { orphans, nextPurgeAt, refusedOrphans, paused: pause } }: Pick<RowProps, 'info'>) {
  const { t } = useTranslation('providers');
  const now = useNow();
  const next = nextPurgeAt === null || pause !== '' ? '' : t('storagePart.theFirstIs', { nextPurgeAt: formatTime(nextPurgeAt, now) });
  return (
    <li>
      <span className={classes.what}>{t('storagePart.objectsThatBelong')}</span>
      <HealthLabel health={refusedOrphans > 0 ? paused : works} />
      <p className={classes.detail}>
        {orphans.count === 0 ? t('storagePart.none') : t('storagePart.objects', { count: orphans.count, number: formatCount(orphans.count), bytes: formatBytes(orphans.bytes) })}
        {refusedOrphans > 0 ? t('storagePart.areDueToo', { count: refusedOrphans, number: formatCount(refusedOrphans) }) : next}
      </p>
      <p className={classes.detail}>
        <Anchor inherit renderRoot={(props) => <Link to="/admin/storage" {...props} />}>
          {t('storagePart.whatIsStored')}
        </Anchor>
      </p>
    </li>
  );
}

function Lost({ info: { lost, lostJobs, refusedLost, paused: pause }, onAccept }: RowProps) {
  const { t } = useTranslation('providers');
  return (
    <li>
      <span className={classes.what}>{t('storagePart.storedFilesThat')}</span>
      <HealthLabel health={lost.count + refusedLost === 0 ? works : lossy} />
      <p className={classes.detail}>
        {lost.count === 0 ? t('storagePart.none') : t('storagePart.of', { number: t('storagePart.files', { count: lost.count, number: formatCount(lost.count) }), lostJobs: t('storagePart.downloads', { count: lostJobs, number: formatCount(lostJobs) }), bytes: formatBytes(lost.bytes) })}
        {refusedLost > 0 && t('storagePart.moreFilesAre', { count: refusedLost, number: formatCount(refusedLost) })}
      </p>
      {refusedLost > 0 && pause === '' && (
        <Button variant="default" size="xs" onClick={onAccept}>
          {t('storagePart.markThemAs')}
        </Button>
      )}
    </li>
  );
}

function AcceptDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation('providers');
  const client = useQueryClient();
  const confirmed = useConfirmed();
  const accepting = useMutation({
    mutationFn: () => confirmed(acceptStorage),
    onSuccess: (started) => {
      toastDone(started ? t('storagePart.confirmedItStarts') : t('storagePart.confirmedItStartsWithin'));
      return client.invalidateQueries({ queryKey: providerKeys.all });
    },
  });
  const close = () => {
    accepting.reset();
    onClose();
  };
  return (
    <ConfirmDialog
      opened={opened}
      title={t('storagePart.acceptStorageAs')}
      confirmLabel={t('storagePart.accept')}
      typed="accept"
      busy={accepting.isPending}
      onConfirm={() => accepting.mutate(undefined, { onSuccess: close })}
      onClose={close}
    >
      <p>{t('storagePart.doThisOnly')}</p>
      <p>{t('storagePart.objectsWithoutA')}</p>
      <FormFault error={accepting.error} />
    </ConfirmDialog>
  );
}
