import type { Plan, Role, UserInfo, UserState } from '@/api/model';
import type { Health } from '@/components/health-label';
import { IconBan, IconCircleCheck, IconHourglassHigh } from '@/components/icons';
import { formatBytes, formatCount, formatRate } from '@/lib/format';
import { text } from '@/lib/messages';

import type { UserSort } from './choices';
import './messages/catalogue';

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
  active: { label: text('users:user.active'), icon: IconCircleCheck, tone: 'ok' },
  unverified: { label: text('users:user.notVerified'), icon: IconHourglassHigh, tone: 'warn' },
  disabled: { label: text('users:user.disabled'), icon: IconBan, tone: 'bad' },
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
      return text('users:user.changePlan');
    case 'role':
      return user.role === 'admin' ? text('users:user.removeAdminRole') : text('users:user.makeAdmin');
    case 'reset':
      return text('users:user.sendPasswordReset');
    case 'factors':
      return text('users:user.resetSecondFactor');
    case 'delete':
      return text('users:user.deleteAccount');
    case 'logout':
      return text('users:user.signOutEverywhere');
    case 'disable':
      return text('users:user.disable');
    case 'enable':
      return text('users:user.enable');
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
    limit(plan.storageBytes, (bytes) => text('users:user.storage', { bytes: formatBytes(bytes) }), text('users:user.unlimitedStorage')),
    limit(plan.maxRunningJobs, (n) => text('users:user.atOnce', { n }), text('users:user.anyNumberAt')),
    limit(plan.bandwidthBytes, (bytes) => text('users:user.aMonth', { bytes: formatBytes(bytes) }), text('users:user.unlimitedBandwidth')),
    limit(plan.maxFiles, (n) => text('users:user.files', { n: formatCount(n) }), text('users:user.anyNumberOf')),
    limit(plan.retentionDays, (days) => text('users:user.keptDays', { count: days, number: formatCount(days) }), text('users:user.keptUntilDeleted')),
    ...(plan.rateLimit === null ? [] : [text('users:user.each', { rateLimit: formatRate(plan.rateLimit) })]),
  ];
}
