import { Button, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

import type { Session } from '@/api/model';
import { IconDeviceLaptop } from '@/components/icons';
import { ErrorNotice } from '@/components/notice';
import { RelativeTime } from '@/components/relative-time';
import { toastDone, toastFailed } from '@/components/toast';

import { endSession, sessionsQuery, settingsKeys } from '../api';
import { describeUserAgent } from '../user-agent';
import classes from './settings.module.css';

/** The sessions of the account, each with a way to end it. */
export function Sessions() {
  const client = useQueryClient();
  const { data: sessions, error, isPending, refetch } = useQuery(sessionsQuery());
  const ending = useMutation({
    mutationFn: (session: Session) => endSession(session.id),
    onSuccess: (_, session) => {
      toastDone(`Signed out of ${describeUserAgent(session.userAgent)}.`);
      return client.invalidateQueries({ queryKey: settingsKeys.sessions });
    },
    onError: (failure) => toastFailed('The session could not be ended', failure),
  });
  if (isPending) return <Skeleton height={130} radius="md" />;
  if (!sessions) return <ErrorNotice error={error} title="The sessions could not be loaded" retry={() => void refetch()} />;
  return (
    <ul className={classes.sessions}>
      {sessions.map((session) => (
        <li key={session.id} className={classes.session}>
          <IconDeviceLaptop size={22} stroke={1.5} className={classes.device} aria-hidden="true" />
          <div className={classes.sessionmain}>
            <p className={classes.sessionname}>
              {describeUserAgent(session.userAgent)}
              {session.current && <span className={classes.current}>this browser</span>}
            </p>
            <p className={classes.sessionfacts}>
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
            <Button
              size="compact-sm"
              variant="default"
              aria-label={`End the session on ${describeUserAgent(session.userAgent)}`}
              loading={ending.isPending && ending.variables.id === session.id}
              onClick={() => ending.mutate(session)}
            >
              End
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}
