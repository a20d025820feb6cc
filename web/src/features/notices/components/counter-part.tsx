import { Button, NativeSelect } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { CounterNotice, NoticeDetail } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { FormFault } from '@/components/form-fault';
import { toastDone } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';
import { formatMoment } from '@/lib/format';
import { isolated } from '@/lib/isolated';

import '../messages/catalogue';
import { extendCounter, noticeKeys, recordCounter } from '../api';
import { dayText } from '../text';
import { CounterDialog } from './counter-form';
import classes from './notices.module.css';

const maxDays = 14;

/** The counter-notice to a notice with its clock, or the way to record one. */
export function CounterPart({ notice }: { notice: NoticeDetail }) {
  const { t } = useTranslation('notices');
  const client = useQueryClient();
  const confirmed = useConfirmed();
  const [recording, setRecording] = useState(false);
  const [extending, setExtending] = useState(false);
  const { counter } = notice;
  if (!counter && !notice.acts.includes('counter')) return null;
  return (
    <section className={classes.part} aria-labelledby="counter-title">
      <h2 id="counter-title">{t('counterPart.counterNotice')}</h2>
      {counter ? (
        <Clock counter={counter} onExtend={notice.state === 'countered' && counter.days < maxDays ? () => setExtending(true) : undefined} />
      ) : (
        <div className={classes.card}>
          <p className={classes.soft}>{t('counterPart.ownersObjectIn')}</p>
          <div>
            <Button variant="default" onClick={() => setRecording(true)}>
              {t('counterPart.recordACounter')}
            </Button>
          </div>
        </div>
      )}
      <CounterDialog
        opened={recording}
        title={t('counterPart.recordACounter')}
        consequences={t('counterPart.theComplainantGets')}
        confirmLabel={t('counterPart.record')}
        forOthers
        send={(said, account) => confirmed(() => recordCounter(notice.id, account, said))}
        onDone={() => {
          toastDone(t('counterPart.recordedTheCounter'));
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
  const { t } = useTranslation('notices');
  const from = counter.account === '' ? isolated(counter.name) : `${isolated(counter.name)} (${counter.account})`;
  return (
    <div className={classes.card}>
      <dl className={classes.said}>
        <dt>{counter.endedAt === null ? t('counterPart.restored') : t('counterPart.clock')}</dt>
        <dd>{counter.endedAt === null ? t('counterPart.afterBusinessDays', { dueAt: formatMoment(counter.dueAt), days: counter.days }) : t('counterPart.ended', { endedAt: formatMoment(counter.endedAt) })}</dd>
        <dt>{t('counterPart.from')}</dt>
        <dd>{from}</dd>
        <dt>{t('counterPart.address')}</dt>
        <dd>
          {counter.address}, {counter.phone}
        </dd>
        {counter.text !== undefined && counter.text !== '' && (
          <>
            <dt>{t('counterPart.why')}</dt>
            <dd>{counter.text}</dd>
          </>
        )}
        <dt>{t('counterPart.signature')}</dt>
        <dd>{counter.signature}</dd>
        <dt>{t('counterPart.complainant')}</dt>
        <dd>{counter.forwardedAt === null ? t('counterPart.hasNoE') : t('counterPart.gotACopy', { dayText: dayText(counter.forwardedAt) })}</dd>
      </dl>
      {onExtend && (
        <div>
          <Button size="compact-sm" variant="default" onClick={onExtend}>
            {t('counterPart.extend')}
          </Button>
        </div>
      )}
    </div>
  );
}

function ExtendDialog({ id, days, opened, onClose }: { id: string; days: number; opened: boolean; onClose: () => void }) {
  const { t } = useTranslation('notices');
  const client = useQueryClient();
  const confirmed = useConfirmed();
  const [to, setTo] = useState(maxDays);
  const extending = useMutation({
    mutationFn: () => confirmed(() => extendCounter(id, to)),
    onSuccess: () => {
      toastDone(t('counterPart.extendedTheClock'));
      onClose();
      return client.invalidateQueries({ queryKey: noticeKeys.all });
    },
  });
  const choices = Array.from({ length: maxDays - days }, (_, at) => days + 1 + at);
  return (
    <ConfirmDialog
      opened={opened}
      title={t('counterPart.extendTheClock')}
      confirmLabel={t('counterPart.extend')}
      danger={false}
      busy={extending.isPending}
      fields={
        <NativeSelect
          label={t('counterPart.businessDays')}
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
      <p>{t('counterPart.theContentIs')}</p>
      <FormFault error={extending.error} />
    </ConfirmDialog>
  );
}
