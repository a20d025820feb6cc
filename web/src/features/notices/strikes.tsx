import { Button, Skeleton, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import type { Strike } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { FormFault } from '@/components/form-fault';
import { ErrorNotice } from '@/components/notice';
import { toastDone } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';
import { formatPlural } from '@/lib/format';

import { noticeKeys, strikesQuery, withdrawStrike } from './api';
import classes from './components/notices.module.css';
import { dayText } from './text';

/** The strikes of an account, and what they lead to. */
export function Strikes({ userId }: { userId: string }) {
  const { data, error, refetch } = useQuery(strikesQuery(userId));
  if (error && !data) return <ErrorNotice error={error} title="Couldn't load the strikes" retry={() => void refetch()} />;
  if (!data) return <Skeleton height={90} radius="md" role="status" aria-label="Loading the strikes" />;
  return (
    <section className={classes.ofAccount} aria-labelledby="strikes-title">
      <h2 id="strikes-title">Strikes</h2>
      <p className={classes.soft}>
        {data.count === 0 ? 'No strikes count.' : `${formatPlural(data.count, 'strike counts', 'strikes count')}.`}
        {data.suspended && ' New downloads are off.'}
        {data.suspend > 0 && !data.suspended && ` At ${formatPlural(data.suspend, 'strike', 'strikes')}, new downloads are turned off.`}
        {data.disable > 0 && ` At ${formatPlural(data.disable, 'strike', 'strikes')}, the account is disabled.`}
      </p>
      {data.strikes.length > 0 && <StrikeList strikes={data.strikes} named="notice" />}
    </section>
  );
}

/** Strikes, each with who has it or the notice that gave it. */
export function StrikeList({ strikes, named }: { strikes: readonly Strike[]; named: 'account' | 'notice' }) {
  const [asked, setAsked] = useState<Strike>();
  return (
    <>
      <ul className={classes.list} aria-label="Strikes">
        {strikes.map((strike) => (
          <li key={strike.id}>
            <div className={classes.strike}>
              {named === 'account' ? (
                <b>{strike.email}</b>
              ) : (
                <Link to="/admin/notices/$noticeId" params={{ noticeId: strike.noticeId }}>
                  Notice of {dayText(strike.createdAt)}
                </Link>
              )}
              {strike.counts && (
                <Button size="compact-sm" variant="default" aria-label={`Withdraw the strike of ${named === 'account' ? strike.email : dayText(strike.createdAt)}`} onClick={() => setAsked(strike)}>
                  Withdraw
                </Button>
              )}
            </div>
            <p className={classes.facts}>
              {strike.withdrawnAt === null ? (
                <span>
                  {strike.counts ? 'counts until' : 'expired'} {dayText(strike.expiresAt)}
                </span>
              ) : (
                <span>
                  withdrawn {dayText(strike.withdrawnAt)}: {strike.withdrawnWhy}
                </span>
              )}
            </p>
          </li>
        ))}
      </ul>
      <WithdrawDialog strike={asked} onClose={() => setAsked(undefined)} />
    </>
  );
}

function WithdrawDialog({ strike, onClose }: { strike: Strike | undefined; onClose: () => void }) {
  const client = useQueryClient();
  const confirmed = useConfirmed();
  const [reason, setReason] = useState('');
  const withdrawing = useMutation({
    mutationFn: (id: string) => confirmed(() => withdrawStrike(id, reason.trim())),
    onSuccess: () => {
      toastDone('Withdrew the strike.');
      close();
      return client.invalidateQueries({ queryKey: noticeKeys.all });
    },
  });
  const close = () => {
    withdrawing.reset();
    setReason('');
    onClose();
  };
  return (
    <ConfirmDialog
      opened={strike !== undefined}
      title="Withdraw the strike?"
      confirmLabel="Withdraw"
      danger={false}
      busy={withdrawing.isPending}
      fields={<TextInput label="Reason" maxLength={500} required autoComplete="off" value={reason} onChange={(event) => setReason(event.currentTarget.value)} data-autofocus />}
      onConfirm={() => strike && withdrawing.mutate(strike.id)}
      onClose={close}
    >
      <p>It no longer counts. What its notice blocks stays blocked.</p>
      <FormFault error={withdrawing.error} />
    </ConfirmDialog>
  );
}
