import { Button, Skeleton } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { OwnNotice } from '@/api/model';
import { IconInbox } from '@/components/icons';
import { ErrorNotice, Notice } from '@/components/notice';
import { Page } from '@/components/page';
import { RelativeTime } from '@/components/relative-time';
import { toastDone } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';
import { formatMoment } from '@/lib/format';
import { isolated } from '@/lib/isolated';

import { noticeKeys, ownNoticesQuery, sendCounter } from '../api';
import { ownStateText } from '../text';
import { CounterDialog } from './counter-form';
import classes from './notices.module.css';
import { OwnStrikeLine, OwnStrikes } from './own-strikes';

/** The takedown notices that block the reader's downloads, and how to object. */
export function OwnNoticesPage() {
  const { data, error, refetch } = useQuery(ownNoticesQuery());
  const [asked, setAsked] = useState<OwnNotice>();
  const client = useQueryClient();
  const confirmed = useConfirmed();
  return (
    <Page title="Takedown notices" intro="Claims of rights holders that block downloads of yours. Each one that is accepted is a strike." narrow>
      {error && !data && <ErrorNotice error={error} title="Couldn't load the notices" retry={() => void refetch()} />}
      {!error && !data && <Skeleton height={140} radius="lg" role="status" aria-label="Loading the notices" />}
      {data && <OwnStrikes of={data} />}
      {data?.notices.length === 0 && (
        <Notice icon={IconInbox} title="No notices">
          Your downloads are not blocked by any takedown notice.
        </Notice>
      )}
      {data && data.notices.length > 0 && (
        <ul className={classes.owned} aria-label="Takedown notices">
          {data.notices.map((notice) => (
            <li key={notice.id}>
              <OwnRecord notice={notice} onObject={() => setAsked(notice)} />
            </li>
          ))}
        </ul>
      )}
      <CounterDialog
        opened={asked !== undefined}
        title="Object to the notice"
        consequences="The complainant gets a copy with your name, address and phone number. If they don’t go to court within 10 to 14 business days, the content comes back."
        confirmLabel="Send counter-notice"
        forOthers={false}
        send={(said) => confirmed(() => sendCounter(asked?.id ?? '', said))}
        onDone={() => {
          toastDone('Sent the counter-notice.');
          setAsked(undefined);
          void client.invalidateQueries({ queryKey: noticeKeys.all });
        }}
        onClose={() => setAsked(undefined)}
      />
    </Page>
  );
}

function OwnRecord({ notice, onObject }: { notice: OwnNotice; onObject: () => void }) {
  return (
    <article className={classes.card}>
      <p className={classes.what}>
        <b>{notice.for || 'A rights holder'}</b>
        {notice.decidedAt !== null && (
          <span className={classes.facts}>
            accepted <RelativeTime at={notice.decidedAt} />
          </span>
        )}
      </p>
      <dl className={classes.said}>
        <dt>Works</dt>
        <dd>{isolated(notice.works)}</dd>
        {notice.downloads.length > 0 && (
          <>
            <dt>Your downloads</dt>
            <dd>
              <ul className={classes.names}>
                {notice.downloads.map((name, at) => (
                  <li key={at}>{name}</li>
                ))}
              </ul>
            </dd>
          </>
        )}
        {notice.note !== '' && (
          <>
            <dt>Admin’s note</dt>
            <dd>{notice.note}</dd>
          </>
        )}
        <OwnStrikeLine strike={notice.strike} />
        {notice.dueAt !== null && (
          <>
            <dt>Comes back</dt>
            <dd>{formatMoment(notice.dueAt)}</dd>
          </>
        )}
      </dl>
      <p className={classes.soft}>{ownStateText(notice.state)}</p>
      {notice.canCounter && (
        <div>
          <Button variant="default" onClick={onObject}>
            Object
          </Button>
        </div>
      )}
    </article>
  );
}
