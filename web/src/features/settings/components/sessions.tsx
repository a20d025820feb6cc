import { Button, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

import type { Session } from '@/api/model';
import { IconDeviceLaptop, IconDeviceMobile, IconTerminal2 } from '@/components/icons';
import { ErrorNotice } from '@/components/notice';
import { RelativeTime } from '@/components/relative-time';
import { toastDone, toastFailed } from '@/components/toast';
import { describeUserAgent, deviceKindOf } from '@/lib/user-agent';

import { endSession, otherSessions, sessionsQuery, settingsKeys } from '../api';
import { LongList } from './long-list';
import classes from './settings.module.css';

/** The sessions of the account, each with a button to end it. */
export function Sessions() {
  const client = useQueryClient();
  const { data: sessions, error, isPending, refetch } = useQuery(sessionsQuery());
  const ending = useMutation({
    mutationFn: (session: Session) => endSession(session.id),
    onSuccess: (_, session) => {
      toastDone(`Ended the session on ${describeUserAgent(session.userAgent)}.`);
      return client.invalidateQueries({ queryKey: settingsKeys.sessions });
    },
    onError: (failure) => toastFailed("Couldn't end the session", failure),
  });
  const endingOthers = useMutation({
    mutationFn: () => endSession(otherSessions),
    onSuccess: () => {
      toastDone('All your other sessions have ended.');
      return client.invalidateQueries({ queryKey: settingsKeys.sessions });
    },
    onError: (failure) => toastFailed("Couldn't end the sessions", failure),
  });
  if (isPending) return <Skeleton height={130} radius="md" />;
  if (!sessions) return <ErrorNotice error={error} title="Couldn't load your sessions" retry={() => void refetch()} />;
  return (
    <>
      <LongList label="Sessions" items={ownFirst(sessions)}>
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
          End all others
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
  const device = describeUserAgent(session.userAgent);
  const Symbol = deviceIcons[deviceKindOf(session.userAgent)];
  return (
    <li className={classes.item}>
      <Symbol size={22} stroke={1.5} className={classes.device} aria-hidden="true" />
      <div className={classes.itemmain}>
        <p className={classes.itemname}>
          {device}{' '}
          {session.current && <span className={classes.current}>this browser</span>}
        </p>
        <p className={classes.facts}>
          {session.ip !== '' && <span className="tabular">{session.ip}</span>}
          <span>
            last seen <RelativeTime at={session.lastSeenAt} />
          </span>
          <span>
            signed in <RelativeTime at={session.createdAt} />
          </span>
        </p>
      </div>
      {!session.current && (
        <Button size="compact-sm" variant="default" aria-label={`End the session on ${device}`} loading={ending} onClick={onEnd}>
          End
        </Button>
      )}
    </li>
  );
}
