import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';

import type { UserAPIToken, UserDetail, UserSession } from '@/api/model';
import { RelativeTime } from '@/components/relative-time';
import { toastDone, toastFailed } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';
import { formatPlural } from '@/lib/format';
import { describeUserAgent } from '@/lib/user-agent';

import { endUserSession, revokeUserToken, userKeys } from '../api';
import { actsOn, type UserAct } from '../user';
import classes from './user-page.module.css';

interface UserSignInProps {
  user: UserDetail;
  isMe: boolean;
  onAct: (act: UserAct) => void;
}

/** What an account signs in with, and where it is signed in. */
export function UserSignIn({ user, isMe, onAct }: UserSignInProps) {
  const acts = actsOn(user, isMe);
  return (
    <section className={classes.part} aria-labelledby="sign-in">
      <div className={classes.head}>
        <h2 id="sign-in">Sign-in</h2>
        <div className={classes.acts}>
          {acts.includes('reset') && (
            <Button size="compact-sm" variant="default" onClick={() => onAct('reset')}>
              Send password reset
            </Button>
          )}
          {acts.includes('factors') && (
            <Button size="compact-sm" variant="default" onClick={() => onAct('factors')}>
              Reset second factor
            </Button>
          )}
          {user.sessions.length + user.apiTokens.length > 1 && (
            <Button size="compact-sm" variant="default" onClick={() => onAct('logout')}>
              Sign out everywhere
            </Button>
          )}
        </div>
      </div>
      <div className={classes.panel}>
        <p>{factorText(user)}</p>
        <h3>Sessions</h3>
        {user.sessions.length === 0 && <p className={classes.faint}>Not signed in anywhere.</p>}
        {user.sessions.length > 0 && (
          <ul className={classes.list} aria-label="Sessions">
            {user.sessions.map((session) => (
              <SessionItem key={session.id} user={user} session={session} />
            ))}
          </ul>
        )}
        <h3>API tokens</h3>
        {user.apiTokens.length === 0 && <p className={classes.faint}>No tokens.</p>}
        {user.apiTokens.length > 0 && (
          <ul className={classes.list} aria-label="API tokens">
            {user.apiTokens.map((token) => (
              <TokenItem key={token.id} user={user} token={token} />
            ))}
          </ul>
        )}
      </div>
    </section>
  );
}

function factorText({ factors }: UserDetail): string {
  const { totp, passkeys, recoveryCodes } = factors;
  if (!totp && passkeys.length === 0) return 'No second factor: the password alone signs in.';
  const parts = [...(totp ? ['an authenticator app'] : []), ...(passkeys.length > 0 ? [formatPlural(passkeys.length, 'passkey', 'passkeys')] : [])];
  return `Second factors: ${parts.join(' and ')}. ${formatPlural(recoveryCodes, 'recovery code', 'recovery codes')} left.`;
}

/** Ends something that the account is signed in with. */
function useEnding(doneText: string, failedText: string, end: () => Promise<undefined>) {
  const client = useQueryClient();
  const confirmed = useConfirmed();
  return useMutation({
    mutationFn: () => confirmed(end),
    onSuccess: () => {
      toastDone(doneText);
      return client.invalidateQueries({ queryKey: userKeys.all });
    },
    onError: (error) => toastFailed(failedText, error),
  });
}

function SessionItem({ user, session }: { user: UserDetail; session: UserSession }) {
  const device = describeUserAgent(session.userAgent);
  const ending = useEnding(`Ended the session on ${device}.`, "Couldn't end the session", () => endUserSession(user.id, session.id));
  return (
    <li>
      <span className={classes.what}>
        <b>{device}</b>
        <span className={classes.faint}>
          {session.ip !== '' && `${session.ip}, `}last seen <RelativeTime at={session.lastSeenAt} />
        </span>
      </span>
      <Button size="compact-sm" variant="default" aria-label={`End the session on ${device}`} loading={ending.isPending} onClick={() => ending.mutate()}>
        End
      </Button>
    </li>
  );
}

function TokenItem({ user, token }: { user: UserDetail; token: UserAPIToken }) {
  const revoking = useEnding(`Revoked the token ${token.name}.`, "Couldn't revoke the token", () => revokeUserToken(user.id, token.id));
  return (
    <li>
      <span className={classes.what}>
        <b>{token.name}</b>
        <span className={classes.faint}>
          {token.scopes.join(', ')}, {token.lastUsedAt === null ? 'never used' : <>last used <RelativeTime at={token.lastUsedAt} /></>}
        </span>
      </span>
      <Button size="compact-sm" variant="default" aria-label={`Revoke the token ${token.name}`} loading={revoking.isPending} onClick={() => revoking.mutate()}>
        Revoke
      </Button>
    </li>
  );
}
