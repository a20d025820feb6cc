import type { MailInfo } from '@/api/model';
import { HealthLabel, type Health } from '@/components/health-label';
import { IconAlertTriangle, IconCircleCheck, IconHourglassHigh } from '@/components/icons';
import { RelativeTime } from '@/components/relative-time';
import { formatPlural } from '@/lib/format';

import type { MailState } from '../api';
import { mailText } from '../text';
import classes from './audit.module.css';

/** How each outcome of a mail looks. */
export const mailLooks: Record<MailState, Health> = {
  failed: { label: 'Not sent', icon: IconAlertTriangle, tone: 'bad' },
  queued: { label: 'On the way', icon: IconHourglassHigh, tone: 'idle' },
  sent: { label: 'Sent', icon: IconCircleCheck, tone: 'ok' },
};
const delayed: Health = { label: 'Delayed', icon: IconHourglassHigh, tone: 'warn' };

function healthOf({ state, lastError }: MailInfo): Health {
  return state === 'queued' && lastError !== '' ? delayed : mailLooks[state];
}

/** One mail, without text and links. */
export function MailRecord({ mail }: { mail: MailInfo }) {
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
