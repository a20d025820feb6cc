import type { Role, UserState } from '@/api/model';

export const userStates = ['active', 'unverified', 'disabled'] as const satisfies readonly UserState[];
export const userRoles = ['user', 'admin'] as const satisfies readonly Role[];
export const userSorts = ['-created', 'created', 'email', '-email', '-signIn', 'signIn', '-storage', 'storage'] as const;
export type UserSort = (typeof userSorts)[number];
export const defaultUserSort: UserSort = '-created';
