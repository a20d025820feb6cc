import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Trans, useTranslation } from 'react-i18next';

import type { UserAPIToken, UserDetail, UserSession } from '@/api/model';
import { RelativeTime } from '@/components/relative-time';
import { toastDone, toastFailed } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';
import { formatCount } from '@/lib/format';
import { text } from '@/lib/messages';
import { describeUserAgent } from '@/lib/user-agent';

import '../messages/catalogue';
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
  const { t } = useTranslation('users');
  const acts = actsOn(user, isMe);
  return (
    <section className={classes.part} aria-labelledby="sign-in">
      <div className={classes.head}>
        <h2 id="sign-in">{t('userSignIn.signIn')}</h2>
        <div className={classes.acts}>
          {acts.includes('reset') && (
            <Button size="compact-sm" variant="default" onClick={() => onAct('reset')}>
              {t('userSignIn.sendPasswordReset')}
            </Button>
          )}
          {acts.includes('factors') && (
            <Button size="compact-sm" variant="default" onClick={() => onAct('factors')}>
              {t('userSignIn.resetSecondFactor')}
            </Button>
          )}
          {user.sessions.length + user.apiTokens.length > 1 && (
            <Button size="compact-sm" variant="default" onClick={() => onAct('logout')}>
              {t('userSignIn.signOutEverywhere')}
            </Button>
          )}
        </div>
      </div>
      <div className={classes.panel}>
        <p>{factorText(user)}</p>
        <h3>{t('userSignIn.sessions')}</h3>
        {user.sessions.length === 0 && <p className={classes.faint}>{t('userSignIn.notSignedIn')}</p>}
        {user.sessions.length > 0 && (
          <ul className={classes.list} aria-label={t('userSignIn.sessions')}>
            {user.sessions.map((session) => (
              <SessionItem key={session.id} user={user} session={session} />
            ))}
          </ul>
        )}
        <h3>{t('userSignIn.apiTokens')}</h3>
        {user.apiTokens.length === 0 && <p className={classes.faint}>{t('userSignIn.noTokens')}</p>}
        {user.apiTokens.length > 0 && (
          <ul className={classes.list} aria-label={t('userSignIn.apiTokens')}>
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
  if (!totp && passkeys.length === 0) return text('users:userSignIn.noSecondFactor');
  const parts = [...(totp ? [text('users:userSignIn.anAuthenticatorApp')] : []), ...(passkeys.length > 0 ? [text('users:userSignIn.passkeys', { count: passkeys.length, number: formatCount(passkeys.length) })] : [])];
  return text('users:userSignIn.secondFactorsRecovery', { count: recoveryCodes, number: formatCount(recoveryCodes), parts: parts.join(' and ') });
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
  const { t } = useTranslation('users');
  const device = describeUserAgent(session.userAgent);
  const ending = useEnding(t('userSignIn.endedTheSession', { device }), t('userSignIn.couldntEndThe'), () => endUserSession(user.id, session.id));
  return (
    <li>
      <span className={classes.what}>
        <b>{device}</b>
        <span className={classes.faint}>
          {session.ip !== '' ? <Trans t={t} i18nKey="userSignIn.lastSeen" values={{ ip: session.ip }} components={{ relativetime: <RelativeTime at={session.lastSeenAt} /> }} /> : <Trans t={t} i18nKey="userSignIn.lastSeen2" components={{ relativetime: <RelativeTime at={session.lastSeenAt} /> }} />}
        </span>
      </span>
      <Button size="compact-sm" variant="default" aria-label={t('userSignIn.endTheSession', { device })} loading={ending.isPending} onClick={() => ending.mutate()}>
        {t('userSignIn.end')}
      </Button>
    </li>
  );
}

function TokenItem({ user, token }: { user: UserDetail; token: UserAPIToken }) {
  const { t } = useTranslation('users');
  const revoking = useEnding(t('userSignIn.revokedTheToken', { name: token.name }), t('userSignIn.couldntRevokeThe'), () => revokeUserToken(user.id, token.id));
  return (
    <li>
      <span className={classes.what}>
        <b>{token.name}</b>
        <span className={classes.faint}>
          {token.scopes.join(', ')}, {token.lastUsedAt === null ? t('userSignIn.neverUsed') : <><Trans t={t} i18nKey="userSignIn.lastUsed" components={{ relativetime: <RelativeTime at={token.lastUsedAt} /> }} /></>}
        </span>
      </span>
      <Button size="compact-sm" variant="default" aria-label={t('userSignIn.revokeTheToken', { name: token.name })} loading={revoking.isPending} onClick={() => revoking.mutate()}>
        {t('userSignIn.revoke')}
      </Button>
    </li>
  );
}
