import type { Role } from '@/api/model';

import { text } from './messages';
import './common-messages/catalogue';

/** The roles' names. */
export const roleNames: Record<Role, string> = { user: text('common:roles.user'), admin: text('common:roles.admin') };
