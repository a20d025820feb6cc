import { Skeleton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import type { UserInfo } from '@/api/model';
import { HealthLabel } from '@/components/health-label';
import { ProgressBar } from '@/components/progress-bar';
import { RelativeTime } from '@/components/relative-time';
import { fillTone } from '@/lib/fill';
import { formatBytes, formatCount } from '@/lib/format';
import { roleNames } from '@/lib/role';

import '../messages/catalogue';
import { storageShare, userStateLooks, type UserAct } from '../user';
import { UserMenu } from './user-menu';
import classes from './users.module.css';

interface UserRowProps {
  user: UserInfo;
  isMe: boolean;
  position: number;
  count: number;
  onAct: (act: UserAct) => void;
}

/** One account. */
export function UserRow({ user, isMe, position, count, onAct }: UserRowProps) {
  const { t } = useTranslation('users');
  const share = storageShare(user);
  const storage = `${formatBytes(user.storageUsed)} ${user.storageLimit === null ? 'used' : t('userRow.of', { storageLimit: formatBytes(user.storageLimit) })}`;
  return (
    <div className={classes.row} role="listitem" aria-posinset={position} aria-setsize={count} data-off={user.state === 'disabled' || undefined}>
      <div className={classes.who}>
        <Link to="/admin/users/$userId" params={{ userId: user.id }} className={classes.email}>
          {user.email}
        </Link>
        {user.role === 'admin' && <span className={classes.mark}>{roleNames.admin}</span>}
        {isMe && <span className={classes.mark}>{t('userRow.you')}</span>}
        {user.state !== 'active' && <HealthLabel health={userStateLooks[user.state]} />}
      </div>
      <Cell name={t('userRow.factPlan')}>{user.planName}</Cell>
      <div className={classes.storage}>
        <span className="tabular">{storage}</span>
        {user.storageLimit !== null && <ProgressBar label={t('userRow.storageOf', { email: user.email })} done={share} stored={share} tone={fillTone(share)} />}
      </div>
      <Cell name={t('userRow.factRunning')}>
        <span className="tabular" title={t('userRow.downloadsInTotal', { jobs: formatCount(user.jobs) })}>
          {formatCount(user.runningJobs)}
        </span>
      </Cell>
      <Cell name={t('userRow.factTwoStep')}>{user.secondFactor ? t('userRow.on') : <span data-faint>{t('userRow.off')}</span>}</Cell>
      <Cell name={t('userRow.factSignedIn')}>{user.lastSignInAt === null ? <span data-faint>{t('userRow.never')}</span> : <RelativeTime at={user.lastSignInAt} />}</Cell>
      <div className={classes.menu}>
        <UserMenu user={user} isMe={isMe} onAct={onAct} />
      </div>
    </div>
  );
}

/** A figure, with its name where there is no column heading. */
function Cell({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className={classes.cell}>
      <span className={classes.cellname}>{name} </span>
      {children}
    </div>
  );
}

/** The rows while they load. */
export function UserSkeleton({ rows }: { rows: number }) {
  const { t } = useTranslation('users');
  return (
    <div className={classes.skeletons} role="status" aria-label={t('userRow.loadingAccounts')}>
      {Array.from({ length: rows }, (_, at) => (
        <Skeleton key={at} height={20} width={`${90 - ((at * 17) % 40)}%`} />
      ))}
    </div>
  );
}
