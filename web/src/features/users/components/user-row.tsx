import { Skeleton } from '@mantine/core';
import { Link } from '@tanstack/react-router';

import type { UserInfo } from '@/api/model';
import { HealthLabel } from '@/components/health-label';
import { ProgressBar } from '@/components/progress-bar';
import { RelativeTime } from '@/components/relative-time';
import { fillTone } from '@/lib/fill';
import { formatBytes, formatCount } from '@/lib/format';
import { roleNames } from '@/lib/role';

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
  const share = storageShare(user);
  const storage = `${formatBytes(user.storageUsed)} ${user.storageLimit === null ? 'used' : `of ${formatBytes(user.storageLimit)}`}`;
  return (
    <div className={classes.row} role="listitem" aria-posinset={position} aria-setsize={count} data-off={user.state === 'disabled' || undefined}>
      <div className={classes.who}>
        <Link to="/admin/users/$userId" params={{ userId: user.id }} className={classes.email}>
          {user.email}
        </Link>
        {user.role === 'admin' && <span className={classes.mark}>{roleNames.admin}</span>}
        {isMe && <span className={classes.mark}>you</span>}
        {user.state !== 'active' && <HealthLabel health={userStateLooks[user.state]} />}
      </div>
      <Cell name="Plan">{user.planName}</Cell>
      <div className={classes.storage}>
        <span className="tabular">{storage}</span>
        {user.storageLimit !== null && <ProgressBar label={`Storage of ${user.email}`} done={share} stored={share} tone={fillTone(share)} />}
      </div>
      <Cell name="Running">
        <span className="tabular" title={`${formatCount(user.jobs)} downloads in total`}>
          {formatCount(user.runningJobs)}
        </span>
      </Cell>
      <Cell name="Two-step">{user.secondFactor ? 'On' : <span data-faint>Off</span>}</Cell>
      <Cell name="Signed in">{user.lastSignInAt === null ? <span data-faint>never</span> : <RelativeTime at={user.lastSignInAt} />}</Cell>
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
  return (
    <div className={classes.skeletons} role="status" aria-label="Loading accounts">
      {Array.from({ length: rows }, (_, at) => (
        <Skeleton key={at} height={20} width={`${90 - ((at * 17) % 40)}%`} />
      ))}
    </div>
  );
}
