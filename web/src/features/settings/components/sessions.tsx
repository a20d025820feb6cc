import { Button, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Trans, useTranslation } from 'react-i18next';

import type { Session } from '@/api/model';
import { IconDeviceLaptop, IconDeviceMobile, IconTerminal2 } from '@/components/icons';
import { ErrorNotice } from '@/components/notice';
import { RelativeTime } from '@/components/relative-time';
import { toastDone, toastFailed } from '@/components/toast';
import { describeUserAgent, deviceKindOf } from '@/lib/user-agent';

import '../messages/catalogue';
import { endSession, otherSessions, sessionsQuery, settingsKeys } from '../api';
import { LongList } from './long-list';
import classes from './settings.module.css';

/** The sessions of the account, each with a button to end it. */
export function Sessions() {
  const { t } = useTranslation('settings');
  const client = useQueryClient();
  const { data: sessions, error, isPending, refetch } = useQuery(sessionsQuery());
  const ending = useMutation({
    mutationFn: (session: Session) => endSession(session.id),
    onSuccess: (_, session) => {
      toastDone(t('sessions.endedTheSession', { describeUserAgent: describeUserAgent(session.userAgent) }));
      return client.invalidateQueries({ queryKey: settingsKeys.sessions });
    },
    onError: (failure) => toastFailed(t('sessions.couldntEndThe'), failure),
  });
  const endingOthers = useMutation({
    mutationFn: () => endSession(otherSessions),
    onSuccess: () => {
      toastDone(t('sessions.allYourOther'));
      return client.invalidateQueries({ queryKey: settingsKeys.sessions });
    },
    onError: (failure) => toastFailed(t('sessions.couldntEndTheSessions'), failure),
  });
  if (isPending) return <Skeleton height={130} radius="md" />;
  if (!sessions) return <ErrorNotice error={error} title={t('sessions.couldntLoadYour')} retry={() => void refetch()} />;
  return (
    <>
      <LongList label={t('sessions.sessions')} items={ownFirst(sessions)}>
        {(session) => (
          <SessionItem
            key={session.id}
            session={session}
            ending={ending.isPending && ending.variables.id === session.id}
            onEnd={() => ending.mutate(session)}
          />
        )}
      </LongList>
      {sessions.length > 1 && (
        <Button variant="default" loading={endingOthers.isPending} onClick={() => endingOthers.mutate()}>
          {t('sessions.endAllOthers')}
        </Button>
      )}
    </>
  );
}

/** Returns the sessions, this browser's first. */
function ownFirst(sessions: readonly Session[]): Session[] {
  return [...sessions.filter((session) => session.current), ...sessions.filter((session) => !session.current)];
}

const deviceIcons = { phone: IconDeviceMobile, computer: IconDeviceLaptop, program: IconTerminal2 } as const;

interface SessionItemProps {
  session: Session;
  ending: boolean;
  onEnd: () => void;
}

function SessionItem({ session, ending, onEnd }: SessionItemProps) {
  const { t } = useTranslation('settings');
  const device = describeUserAgent(session.userAgent);
  const Symbol = deviceIcons[deviceKindOf(session.userAgent)];
  return (
    <li className={classes.item}>
      <Symbol size={22} stroke={1.5} className={classes.device} aria-hidden="true" />
      <div className={classes.itemmain}>
        <p className={classes.itemname}>
          {device}{' '}
          {session.current && <span className={classes.current}>{t('sessions.thisBrowser')}</span>}
        </p>
        <p className={classes.facts}>
          {session.ip !== '' && <span className="tabular">{session.ip}</span>}
          <span>
            <Trans t={t} i18nKey="sessions.lastSeen" components={{ relativetime: <RelativeTime at={session.lastSeenAt} /> }} />
          </span>
          <span>
            <Trans t={t} i18nKey="sessions.signedIn" components={{ relativetime: <RelativeTime at={session.createdAt} /> }} />
          </span>
        </p>
      </div>
      {!session.current && (
        <Button size="compact-sm" variant="default" aria-label={t('sessions.endTheSession', { device })} loading={ending} onClick={onEnd}>
          {t('sessions.end')}
        </Button>
      )}
    </li>
  );
}
