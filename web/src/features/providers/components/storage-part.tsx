import { Anchor, Button, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
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

import { acceptStorage, providerKeys, storageQuery } from '../api';
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
  const [accepting, setAccepting] = useState(false);
  return (
    <section className={classes.part} aria-labelledby="storage">
      <h2 id="storage">Storage</h2>
      {!data && !error && <Skeleton height={120} radius="lg" />}
      {!data && error && <ErrorNotice error={error} title="Couldn't load the state of storage" retry={() => void refetch()} />}
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
  const waiting = info.paused !== '' && info.acceptedAt !== null;
  return (
    <li>
      <span className={classes.what}>Clean-up</span>
      <HealthLabel health={info.paused === '' ? works : paused} />
      {info.paused !== '' && <p className={classes.detail}>{waiting ? 'Accepted. It takes effect with the next sweep.' : pauses[info.paused]}</p>}
      {info.paused !== '' && !waiting && (
        <Button variant="default" size="xs" onClick={onAccept}>
          Accept storage
        </Button>
      )}
    </li>
  );
}

function Orphans({ info: { orphans, nextPurgeAt, refusedOrphans, paused: pause } }: Pick<RowProps, 'info'>) {
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
      <p className={classes.detail}>
        <Anchor inherit renderRoot={(props) => <Link to="/admin/storage" {...props} />}>
          What is stored, and clean-ups
        </Anchor>
      </p>
    </li>
  );
}

function Lost({ info: { lost, lostJobs, refusedLost, paused: pause }, onAccept }: RowProps) {
  return (
    <li>
      <span className={classes.what}>Stored files that are gone</span>
      <HealthLabel health={lost.count + refusedLost === 0 ? works : lossy} />
      <p className={classes.detail}>
        {lost.count === 0 ? 'None.' : `${formatPlural(lost.count, 'file', 'files')} of ${formatPlural(lostJobs, 'download', 'downloads')}, ${formatBytes(lost.bytes)}.`}
        {refusedLost > 0 && ` ${formatPlural(refusedLost, 'more file is', 'more files are')} gone, too many to mark as lost without you.`}
      </p>
      {refusedLost > 0 && pause === '' && (
        <Button variant="default" size="xs" onClick={onAccept}>
          Mark them as lost
        </Button>
      )}
    </li>
  );
}

function AcceptDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const client = useQueryClient();
  const confirmed = useConfirmed();
  const accepting = useMutation({
    mutationFn: () => confirmed(acceptStorage),
    onSuccess: (started) => {
      toastDone(started ? 'Confirmed. It starts now.' : 'Confirmed. It starts within the hour.');
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
      title="Accept storage as it is?"
      confirmLabel="Accept"
      typed="accept"
      busy={accepting.isPending}
      onConfirm={() => accepting.mutate(undefined, { onSuccess: close })}
      onClose={close}
    >
      <p>Do this only if this is the database and the bucket you want to keep using.</p>
      <p>Objects without a row are kept for another week. Files whose object is gone are marked as lost and no longer count.</p>
      <FormFault error={accepting.error} />
    </ConfirmDialog>
  );
}
