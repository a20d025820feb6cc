import { Trans, useTranslation } from 'react-i18next';

import type { MailInfo } from '@/api/model';
import { HealthLabel, type Health } from '@/components/health-label';
import { IconAlertTriangle, IconCircleCheck, IconHourglassHigh } from '@/components/icons';
import { RelativeTime } from '@/components/relative-time';
import { formatCount } from '@/lib/format';
import { text } from '@/lib/messages';

import '../messages/catalogue';
import type { MailState } from '../api';
import { mailText } from '../text';
import classes from './audit.module.css';

/** How each outcome of a mail looks. */
export const mailLooks: Record<MailState, Health> = {
  failed: { label: text('audit:mailRecord.notSent'), icon: IconAlertTriangle, tone: 'bad' },
  queued: { label: text('audit:mailRecord.onTheWay'), icon: IconHourglassHigh, tone: 'idle' },
  sent: { label: text('audit:mailRecord.sent'), icon: IconCircleCheck, tone: 'ok' },
};
const delayed: Health = { label: text('audit:mailRecord.delayed'), icon: IconHourglassHigh, tone: 'warn' };

function healthOf({ state, lastError }: MailInfo): Health {
  return state === 'queued' && lastError !== '' ? delayed : mailLooks[state];
}

/** One mail, without text and links. */
export function MailRecord({ mail }: { mail: MailInfo }) {
  const { t } = useTranslation('audit');
  return (
    <div className={classes.record}>
      <p className={classes.what}>
        <b>{mailText(mail.kind)}</b>
        <span className={classes.to}>{t('mailRecord.to', { to: mail.to })}</span>
      </p>
      <div className={classes.when}>
        <HealthLabel health={healthOf(mail)} />
      </div>
      <p className={classes.facts}>
        <span>
          <Trans t={t} i18nKey="mailRecord.requested" components={{ relativetime: <RelativeTime at={mail.createdAt} /> }} />
        </span>
        {mail.endedAt !== null && (
          <span>
            {mail.state === 'sent' ? t('mailRecord.sent2') : t('mailRecord.gaveUp')} <RelativeTime at={mail.endedAt} />
          </span>
        )}
        {mail.attempts > 0 && <span>{t('mailRecord.attempts', { count: mail.attempts, number: formatCount(mail.attempts) })}</span>}
      </p>
      {mail.lastError !== '' && (
        <p className={classes.why}>
          {mail.state === 'failed' ? t('mailRecord.notSent2') : t('mailRecord.theLastAttempt')}
          {mail.lastError}
        </p>
      )}
    </div>
  );
}
