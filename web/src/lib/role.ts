import type { Role } from '@/api/model';

/** The roles' names. */
export const roleNames: Record<Role, string> = { user: 'User', admin: 'Admin' };
