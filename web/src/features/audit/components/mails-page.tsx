import { NativeSelect } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';

import type { MailInfo } from '@/api/model';
import { HealthLabel, type Health } from '@/components/health-label';
import { IconAlertTriangle, IconCircleCheck, IconHourglassHigh } from '@/components/icons';
import { Page } from '@/components/page';
import { RecordList } from '@/components/record-list';
import { RelativeTime } from '@/components/relative-time';
import { formatPlural } from '@/lib/format';

import { mailsQuery, mailStates, type MailState } from '../api';
import { mailText } from '../text';
import { AuditTabs } from './audit-tabs';
import classes from './audit.module.css';

const looks: Record<MailState, Health> = {
  failed: { label: 'Not sent', icon: IconAlertTriangle, tone: 'bad' },
  queued: { label: 'On the way', icon: IconHourglassHigh, tone: 'idle' },
  sent: { label: 'Sent', icon: IconCircleCheck, tone: 'ok' },
};
const delayed: Health = { label: 'Delayed', icon: IconHourglassHigh, tone: 'warn' };

const states = [{ value: '', label: 'All mails' }, ...Object.entries(looks).map(([value, { label }]) => ({ value, label }))];

interface MailsPageProps {
  state: MailState | '';
  onState: (state: MailState | '') => void;
}

/** The mails and their outcome, without text and links. */
export function MailsPage({ state, onState }: MailsPageProps) {
  const list = useInfiniteQuery({ ...mailsQuery(state), placeholderData: (before) => before });
  return (
    <Page title="Mails" intro="Which mails were sent, and why others were not. Without their text and links. Kept for 30 days.">
      <AuditTabs />
      <div className={classes.filters}>
        <NativeSelect
          size="sm"
          label="State"
          data={states}
          value={state}
          onChange={(event) => onState(mailStates.find((each) => each === event.currentTarget.value) ?? '')}
        />
      </div>
      <RecordList
        label="Mails"
        noun="mails"
        list={list}
        keyOf={(mail) => mail.id}
        render={(mail) => <MailRecord mail={mail} />}
        empty="Mails about verification, password resets and account changes show up here."
        onAll={state === '' ? undefined : () => onState('')}
      />
    </Page>
  );
}

function healthOf({ state, lastError }: MailInfo): Health {
  return state === 'queued' && lastError !== '' ? delayed : looks[state];
}

function MailRecord({ mail }: { mail: MailInfo }) {
  return (
    <div className={classes.record}>
      <p className={classes.what}>
        <b>{mailText(mail.kind)}</b>
        <span className={classes.to}>to {mail.to}</span>
      </p>
      <div className={classes.when}>
        <HealthLabel health={healthOf(mail)} />
      </div>
      <p className={classes.facts}>
        <span>
          requested <RelativeTime at={mail.createdAt} />
        </span>
        {mail.endedAt !== null && (
          <span>
            {mail.state === 'sent' ? 'sent' : 'gave up'} <RelativeTime at={mail.endedAt} />
          </span>
        )}
        {mail.attempts > 0 && <span>{formatPlural(mail.attempts, 'attempt', 'attempts')}</span>}
      </p>
      {mail.lastError !== '' && (
        <p className={classes.why}>
          {mail.state === 'failed' ? 'Not sent: ' : 'The last attempt failed: '}
          {mail.lastError}
        </p>
      )}
    </div>
  );
}
