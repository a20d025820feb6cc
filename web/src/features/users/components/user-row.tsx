import { ActionIcon, Menu, Skeleton } from '@mantine/core';
import { Link } from '@tanstack/react-router';

import type { UserInfo } from '@/api/model';
import { HealthLabel } from '@/components/health-label';
import { IconBan, IconCircleCheck, IconDotsVertical, IconGauge, IconHistory, IconLogout, IconShieldLock } from '@/components/icons';
import { ProgressBar } from '@/components/progress-bar';
import { RelativeTime } from '@/components/relative-time';
import { fillTone } from '@/lib/fill';
import { formatBytes, formatCount } from '@/lib/format';
import { roleNames } from '@/lib/role';
import { useMenuButton } from '@/lib/use-menu-button';

import { actLabel, actsOn, storageShare, userStateLooks, type UserAct } from '../user';
import classes from './users.module.css';

const actIcons = { plan: IconGauge, role: IconShieldLock, logout: IconLogout, disable: IconBan, enable: IconCircleCheck } as const;

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
        <Link to="/admin/jobs" search={{ user: user.email }} className={classes.email} title={`Downloads of ${user.email}`}>
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
        <UserMenu user={user} onAct={onAct} />
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

function UserMenu({ user, onAct }: { user: UserInfo; onAct: (act: UserAct) => void }) {
  const { button, choose } = useMenuButton();
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon ref={button} variant="subtle" color="gray" size={36} aria-label={`Actions for ${user.email}`}>
          <IconDotsVertical size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {actsOn(user).map((act, at) => {
          const Symbol = actIcons[act];
          return (
            <Menu.Item
              key={act}
              data-autofocus={at === 0 || undefined}
              className={act === 'disable' ? classes.danger : undefined}
              leftSection={<Symbol size={16} />}
              onClick={() => choose(() => onAct(act))}
            >
              {actLabel(act, user)}
            </Menu.Item>
          );
        })}
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconHistory size={16} />}
          renderRoot={(props) => <Link to="/admin/audit" search={{ target: user.email }} {...props} />}
        >
          Audit log entries
        </Menu.Item>
        <Menu.Item
          leftSection={<IconHistory size={16} />}
          renderRoot={(props) => <Link to="/admin/audit/security" search={{ user: user.email }} {...props} />}
        >
          Security events
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
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
