import { UnstyledButton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Trans, useTranslation } from 'react-i18next';

import type { SecurityEvent } from '@/api/model';
import { RelativeTime } from '@/components/relative-time';

import '../messages/catalogue';
import type { SecurityView } from '../api';
import { securityText } from '../security-text';
import classes from './audit.module.css';

interface EventRecordProps {
  event: SecurityEvent;
  onView: (change: Partial<SecurityView>) => void;
}

/** One security event. */
export function EventRecord({ event, onView }: EventRecordProps) {
  const { t } = useTranslation('audit');
  const who = event.userEmail || (event.userId ? t('eventRecord.aDeletedAccount') : '');
  return (
    <div className={classes.record} data-tone={event.kind === 'login' ? undefined : 'warn'}>
      <p className={classes.what}>
        <b>{securityText(event.kind)}</b>
        {who !== '' && (
          <UnstyledButton className={classes.name} title={t('eventRecord.showEventsFor')} onClick={() => onView({ user: event.userEmail || (event.userId ?? '') })}>
            {who}
          </UnstyledButton>
        )}
      </p>
      <p className={classes.when}>
        <RelativeTime at={event.at} />
      </p>
      <p className={classes.facts}>
        {event.ip !== '' && (
          <span className="tabular">
            <Trans t={t} i18nKey="eventRecord.from" values={{ ip: event.ip }} components={{ unstyledbutton: <UnstyledButton className={classes.name} title={t('eventRecord.showEventsFrom')} onClick={() => onView({ ip: event.ip })} /> }} />
          </span>
        )}
        {event.detail !== '' && <span className="mono">{event.detail}</span>}
        {event.userId !== null && event.userEmail !== '' && (
          <Link to="/admin/users/$userId" params={{ userId: event.userId }} className={classes.name}>
            {t('eventRecord.account')}
          </Link>
        )}
        {event.userAgent !== '' && <span>{event.userAgent}</span>}
      </p>
    </div>
  );
}
