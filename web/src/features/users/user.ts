import type { Plan, Role, UserInfo, UserState } from '@/api/model';
import type { Health } from '@/components/health-label';
import { IconBan, IconCircleCheck, IconHourglassHigh } from '@/components/icons';
import { formatBytes, formatCount, formatPlural, formatRate } from '@/lib/format';

export const userStates = ['active', 'unverified', 'disabled'] as const satisfies readonly UserState[];
export const userRoles = ['user', 'admin'] as const satisfies readonly Role[];
export const userSorts = ['-created', 'created', 'email', '-email', '-signIn', 'signIn', '-storage', 'storage'] as const;
export type UserSort = (typeof userSorts)[number];
export const defaultUserSort: UserSort = '-created';

/** The filters and sort order of the accounts. */
export interface UserView {
  q: string;
  /** Empty for all. */
  state: UserState | '';
  /** Empty for all. */
  role: Role | '';
  /** A plan's id; empty for all. */
  plan: string;
  sort: UserSort;
}

/** An act on an account. */
export type UserAct = 'plan' | 'role' | 'reset' | 'factors' | 'logout' | 'disable' | 'enable' | 'delete';

/** An act that waits for a confirmation. */
export interface AskedUser {
  user: UserInfo;
  act: UserAct;
}

/** How each state of an account looks. */
export const userStateLooks: Record<UserState, Health> = {
  active: { label: 'Active', icon: IconCircleCheck, tone: 'ok' },
  unverified: { label: 'Not verified', icon: IconHourglassHigh, tone: 'warn' },
  disabled: { label: 'Disabled', icon: IconBan, tone: 'bad' },
};

/** Returns the possible acts on an account, in menu order. Admins reset their own second factor, and delete their own account, in the settings. */
export function actsOn(user: UserInfo, isMe = false): UserAct[] {
  const acts: UserAct[] = ['plan'];
  if (user.role === 'admin' || user.state === 'active') acts.push('role');
  if (user.state !== 'disabled') acts.push('reset');
  if (user.secondFactor && !isMe) acts.push('factors');
  if (user.state !== 'disabled') acts.push('logout');
  acts.push(user.state === 'disabled' ? 'enable' : 'disable');
  if (!isMe) acts.push('delete');
  return acts;
}

/** Names an act on an account. */
export function actLabel(act: UserAct, user: UserInfo): string {
  switch (act) {
    case 'plan':
      return 'Change plan';
    case 'role':
      return user.role === 'admin' ? 'Remove admin role' : 'Make admin';
    case 'reset':
      return 'Send password reset';
    case 'factors':
      return 'Reset second factor';
    case 'delete':
      return 'Delete account';
    case 'logout':
      return 'Sign out everywhere';
    case 'disable':
      return 'Disable';
    case 'enable':
      return 'Enable';
  }
}

/** Returns the share of its storage that an account uses; 0 without a limit. */
export function storageShare({ storageUsed, storageLimit }: UserInfo): number {
  if (storageLimit === null) return 0;
  if (storageLimit === 0) return storageUsed > 0 ? 1 : 0;
  return storageUsed / storageLimit;
}

/** Lists the limits of a plan in a few words. */
export function planFacts(plan: Plan): string[] {
  const limit = (value: number | null, text: (value: number) => string, none: string) => (value === null ? none : text(value));
  return [
    limit(plan.storageBytes, (bytes) => `${formatBytes(bytes)} storage`, 'unlimited storage'),
    limit(plan.maxRunningJobs, (n) => `${n} at once`, 'any number at once'),
    limit(plan.bandwidthBytes, (bytes) => `${formatBytes(bytes)} a month`, 'unlimited bandwidth'),
    limit(plan.maxFiles, (n) => `${formatCount(n)} files`, 'any number of files'),
    limit(plan.retentionDays, (days) => `kept ${formatPlural(days, 'day', 'days')}`, 'kept until deleted'),
    ...(plan.rateLimit === null ? [] : [`${formatRate(plan.rateLimit)} each`]),
  ];
}
