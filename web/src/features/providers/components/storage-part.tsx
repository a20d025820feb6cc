import { Button, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { StorageInfo } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { FormFault } from '@/components/form-fault';
import { HealthLabel, type Health } from '@/components/health-label';
import { IconAlertTriangle, IconCircleCheck } from '@/components/icons';
import { ErrorNotice } from '@/components/notice';
import { toastDone } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';
import { formatBytes, formatPlural, formatTime } from '@/lib/format';
import { useNow } from '@/lib/use-now';

import { confirmStorage, providerKeys, storageQuery, type StorageAct } from '../api';
import classes from './providers.module.css';

const works: Health = { label: 'OK', icon: IconCircleCheck, tone: 'ok' };
const paused: Health = { label: 'Paused', icon: IconAlertTriangle, tone: 'bad' };
const lossy: Health = { label: 'Files lost', icon: IconAlertTriangle, tone: 'warn' };

const pauses: Record<StorageInfo['paused'], string> = {
  '': '',
  restored: 'The database is older than storage, as after the restore of a dump. Nothing is removed automatically until you accept it.',
  other_bucket: "The database doesn't know this bucket. Check S3_BUCKET. Nothing is removed automatically until you accept it.",
};

/** How storage and the database compare: why deletion is paused, what has no row, and which files are gone. */
export function StoragePart() {
  const { data, error, refetch } = useQuery(storageQuery());
  const [act, setAct] = useState<StorageAct>();
  return (
    <section className={classes.part} aria-labelledby="storage">
      <h2 id="storage">Storage</h2>
      {!data && !error && <Skeleton height={120} radius="lg" />}
      {!data && error && <ErrorNotice error={error} title="Couldn't load the state of storage" retry={() => void refetch()} />}
      {data && (
        <ul className={classes.history} aria-labelledby="storage">
          <Deletion info={data} onAct={setAct} />
          <Orphans info={data} onAct={setAct} />
          <Lost info={data} onAct={setAct} />
        </ul>
      )}
      <StorageDialog act={act} info={data} onClose={() => setAct(undefined)} />
    </section>
  );
}

interface RowProps {
  info: StorageInfo;
  onAct: (act: StorageAct) => void;
}

function Deletion({ info, onAct }: RowProps) {
  const waiting = info.paused !== '' && info.acceptedAt !== null;
  return (
    <li>
      <span className={classes.what}>Clean-up</span>
      <HealthLabel health={info.paused === '' ? works : paused} />
      {info.paused !== '' && <p className={classes.detail}>{waiting ? 'Accepted. It takes effect with the next sweep.' : pauses[info.paused]}</p>}
      {info.paused !== '' && !waiting && (
        <Button variant="default" size="xs" onClick={() => onAct('accept')}>
          Accept storage
        </Button>
      )}
    </li>
  );
}

function Orphans({ info: { orphans, nextPurgeAt, refusedOrphans, paused: pause }, onAct }: RowProps) {
  const now = useNow();
  const next = nextPurgeAt === null || pause !== '' ? '' : ` The first is removed after ${formatTime(nextPurgeAt, now)}.`;
  return (
    <li>
      <span className={classes.what}>Objects that belong to no download</span>
      <HealthLabel health={refusedOrphans > 0 ? paused : works} />
      <p className={classes.detail}>
        {orphans.count === 0 ? 'None.' : `${formatPlural(orphans.count, 'object', 'objects')}, ${formatBytes(orphans.bytes)}.`}
        {refusedOrphans > 0 ? ` ${formatPlural(refusedOrphans, 'is', 'are')} due, too many to remove without you.` : next}
      </p>
      {orphans.count > 0 && pause === '' && (
        <Button variant="default" size="xs" onClick={() => onAct('remove')}>
          Remove now
        </Button>
      )}
    </li>
  );
}

function Lost({ info: { lost, lostJobs, refusedLost, paused: pause }, onAct }: RowProps) {
  return (
    <li>
      <span className={classes.what}>Stored files that are gone</span>
      <HealthLabel health={lost.count + refusedLost === 0 ? works : lossy} />
      <p className={classes.detail}>
        {lost.count === 0 ? 'None.' : `${formatPlural(lost.count, 'file', 'files')} of ${formatPlural(lostJobs, 'download', 'downloads')}, ${formatBytes(lost.bytes)}.`}
        {refusedLost > 0 && ` ${formatPlural(refusedLost, 'more file is', 'more files are')} gone, too many to mark as lost without you.`}
      </p>
      {refusedLost > 0 && pause === '' && (
        <Button variant="default" size="xs" onClick={() => onAct('accept')}>
          Mark them as lost
        </Button>
      )}
    </li>
  );
}

interface StorageDialogProps {
  /** Undefined while closed. */
  act: StorageAct | undefined;
  info: StorageInfo | undefined;
  onClose: () => void;
}

function StorageDialog({ act, info, onClose }: StorageDialogProps) {
  const client = useQueryClient();
  const confirmed = useConfirmed();
  const confirming = useMutation({
    mutationFn: (what: StorageAct) => confirmed(() => confirmStorage(what)),
    onSuccess: (started) => {
      toastDone(started ? 'Confirmed. It starts now.' : 'Confirmed. It starts within the hour.');
      return client.invalidateQueries({ queryKey: providerKeys.all });
    },
  });
  const close = () => {
    confirming.reset();
    onClose();
  };
  return (
    <ConfirmDialog
      opened={act !== undefined}
      title={act === 'remove' ? 'Remove these objects now?' : 'Accept storage as it is?'}
      confirmLabel={act === 'remove' ? 'Remove' : 'Accept'}
      typed={act ?? ''}
      busy={confirming.isPending}
      onConfirm={() => act && confirming.mutate(act, { onSuccess: close })}
      onClose={close}
    >
      {act === 'remove' ? (
        <p>
          {info && `${formatPlural(info.orphans.count, 'object', 'objects')}, ${formatBytes(info.orphans.bytes)}, `}that no download refers to are removed for
          good. If you may still restore a newer dump of the database, wait.
        </p>
      ) : (
        <>
          <p>Do this only if this is the database and the bucket you want to keep using.</p>
          <p>Objects without a row are kept for another week. Files whose object is gone are marked as lost and no longer count.</p>
        </>
      )}
      <FormFault error={confirming.error} />
    </ConfirmDialog>
  );
}
