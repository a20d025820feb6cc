import { Button, NativeSelect } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { CounterNotice, NoticeDetail } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { FormFault } from '@/components/form-fault';
import { toastDone } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';
import { formatMoment } from '@/lib/format';
import { isolated } from '@/lib/isolated';

import { extendCounter, noticeKeys, recordCounter } from '../api';
import { dayText } from '../text';
import { CounterDialog } from './counter-form';
import classes from './notices.module.css';

const maxDays = 14;

/** The counter-notice to a notice with its clock, or the way to record one. */
export function CounterPart({ notice }: { notice: NoticeDetail }) {
  const client = useQueryClient();
  const confirmed = useConfirmed();
  const [recording, setRecording] = useState(false);
  const [extending, setExtending] = useState(false);
  const { counter } = notice;
  if (!counter && !notice.acts.includes('counter')) return null;
  return (
    <section className={classes.part} aria-labelledby="counter-title">
      <h2 id="counter-title">Counter-notice</h2>
      {counter ? (
        <Clock counter={counter} onExtend={notice.state === 'countered' && counter.days < maxDays ? () => setExtending(true) : undefined} />
      ) : (
        <div className={classes.card}>
          <p className={classes.soft}>Owners object in the app. Record a counter-notice here that came by mail or on paper.</p>
          <div>
            <Button variant="default" onClick={() => setRecording(true)}>
              Record a counter-notice
            </Button>
          </div>
        </div>
      )}
      <CounterDialog
        opened={recording}
        title="Record a counter-notice"
        consequences="The complainant gets a copy by mail, and a clock of at least 10 business days starts. In the end the content is restored, unless you uphold the notice before."
        confirmLabel="Record"
        forOthers
        send={(said, account) => confirmed(() => recordCounter(notice.id, account, said))}
        onDone={() => {
          toastDone('Recorded the counter-notice.');
          setRecording(false);
          void client.invalidateQueries({ queryKey: noticeKeys.all });
        }}
        onClose={() => setRecording(false)}
      />
      {counter && <ExtendDialog id={notice.id} days={counter.days} opened={extending} onClose={() => setExtending(false)} />}
    </section>
  );
}

function Clock({ counter, onExtend }: { counter: CounterNotice; onExtend: (() => void) | undefined }) {
  const from = counter.account === '' ? isolated(counter.name) : `${isolated(counter.name)} (${counter.account})`;
  return (
    <div className={classes.card}>
      <dl className={classes.said}>
        <dt>{counter.endedAt === null ? 'Restored' : 'Clock'}</dt>
        <dd>{counter.endedAt === null ? `${formatMoment(counter.dueAt)}, after ${counter.days} business days` : `ended ${formatMoment(counter.endedAt)}`}</dd>
        <dt>From</dt>
        <dd>{from}</dd>
        <dt>Address</dt>
        <dd>
          {counter.address}, {counter.phone}
        </dd>
        {counter.text !== undefined && counter.text !== '' && (
          <>
            <dt>Why</dt>
            <dd>{counter.text}</dd>
          </>
        )}
        <dt>Signature</dt>
        <dd>{counter.signature}</dd>
        <dt>Complainant</dt>
        <dd>{counter.forwardedAt === null ? 'has no e-mail address: send them a copy' : `got a copy ${dayText(counter.forwardedAt)}`}</dd>
      </dl>
      {onExtend && (
        <div>
          <Button size="compact-sm" variant="default" onClick={onExtend}>
            Extend
          </Button>
        </div>
      )}
    </div>
  );
}

function ExtendDialog({ id, days, opened, onClose }: { id: string; days: number; opened: boolean; onClose: () => void }) {
  const client = useQueryClient();
  const confirmed = useConfirmed();
  const [to, setTo] = useState(maxDays);
  const extending = useMutation({
    mutationFn: () => confirmed(() => extendCounter(id, to)),
    onSuccess: () => {
      toastDone('Extended the clock.');
      onClose();
      return client.invalidateQueries({ queryKey: noticeKeys.all });
    },
  });
  const choices = Array.from({ length: maxDays - days }, (_, at) => days + 1 + at);
  return (
    <ConfirmDialog
      opened={opened}
      title="Extend the clock?"
      confirmLabel="Extend"
      danger={false}
      busy={extending.isPending}
      fields={
        <NativeSelect
          label="Business days"
          data={choices.map((each) => ({ value: `${each}`, label: `${each}` }))}
          value={`${to}`}
          onChange={(event) => setTo(Number(event.currentTarget.value))}
          data-autofocus
        />
      }
      onConfirm={() => extending.mutate()}
      onClose={() => {
        extending.reset();
        onClose();
      }}
    >
      <p>The content is restored that many business days after the counter-notice. The law allows 14 at most.</p>
      <FormFault error={extending.error} />
    </ConfirmDialog>
  );
}
