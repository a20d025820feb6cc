import { Button, Skeleton, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Strike } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { FormFault } from '@/components/form-fault';
import { ErrorNotice } from '@/components/notice';
import { toastDone } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';
import { formatCount } from '@/lib/format';

import './messages/catalogue';
import { noticeKeys, strikesQuery, withdrawStrike } from './api';
import classes from './components/notices.module.css';
import { dayText } from './text';

/** The strikes of an account, and what they lead to. */
export function Strikes({ userId }: { userId: string }) {
  const { t } = useTranslation('notices');
  const { data, error, refetch } = useQuery(strikesQuery(userId));
  if (error && !data) return <ErrorNotice error={error} title={t('strikes.couldntLoadThe')} retry={() => void refetch()} />;
  if (!data) return <Skeleton height={90} radius="md" role="status" aria-label={t('strikes.loadingTheStrikes')} />;
  return (
    <section className={classes.ofAccount} aria-labelledby="strikes-title">
      <h2 id="strikes-title">{t('strikes.strikes')}</h2>
      <p className={classes.soft}>
        {data.count === 0 ? t('strikes.noStrikesCount') : t('strikes.strikesCount', { count: data.count, number: formatCount(data.count) })}
        {data.suspended && t('strikes.newDownloadsAre')}
        {data.suspend > 0 && !data.suspended && t('strikes.atStrikesNew', { count: data.suspend, number: formatCount(data.suspend) })}
        {data.disable > 0 && t('strikes.atStrikesThe', { count: data.disable, number: formatCount(data.disable) })}
      </p>
      {data.strikes.length > 0 && <StrikeList strikes={data.strikes} named="notice" />}
    </section>
  );
}

/** Strikes, each with who has it or the notice that gave it. */
export function StrikeList({ strikes, named }: { strikes: readonly Strike[]; named: 'account' | 'notice' }) {
  const { t } = useTranslation('notices');
  const [asked, setAsked] = useState<Strike>();
  return (
    <>
      <ul className={classes.list} aria-label={t('strikes.strikes')}>
        {strikes.map((strike) => (
          <li key={strike.id}>
            <div className={classes.strike}>
              {named === 'account' ? (
                <b>{strike.email}</b>
              ) : (
                <Link to="/admin/notices/$noticeId" params={{ noticeId: strike.noticeId }}>
                  {t('strikes.noticeOf', { dayText: dayText(strike.createdAt) })}
                </Link>
              )}
              {strike.counts && (
                <Button size="compact-sm" variant="default" aria-label={t('strikes.withdrawTheStrike', { what: named === 'account' ? strike.email : dayText(strike.createdAt) })} onClick={() => setAsked(strike)}>
                  {t('strikes.withdraw')}
                </Button>
              )}
            </div>
            <p className={classes.facts}>
              {strike.withdrawnAt === null ? (
                <span>
                  {strike.counts ? t('strikes.countsUntil') : t('strikes.expired')} {dayText(strike.expiresAt)}
                </span>
              ) : (
                <span>
                  {t('strikes.withdrawn2', { dayText: dayText(strike.withdrawnAt), withdrawnWhy: strike.withdrawnWhy })}
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
  const { t } = useTranslation('notices');
  const client = useQueryClient();
  const confirmed = useConfirmed();
  const [reason, setReason] = useState('');
  const withdrawing = useMutation({
    mutationFn: (id: string) => confirmed(() => withdrawStrike(id, reason.trim())),
    onSuccess: () => {
      toastDone(t('strikes.withdrewTheStrike'));
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
      title={t('strikes.withdrawTheStrike2')}
      confirmLabel={t('strikes.withdraw')}
      danger={false}
      busy={withdrawing.isPending}
      fields={<TextInput label={t('strikes.reason')} maxLength={500} required autoComplete="off" value={reason} onChange={(event) => setReason(event.currentTarget.value)} data-autofocus />}
      onConfirm={() => strike && withdrawing.mutate(strike.id)}
      onClose={close}
    >
      <p>{t('strikes.itNoLonger')}</p>
      <FormFault error={withdrawing.error} />
    </ConfirmDialog>
  );
}
