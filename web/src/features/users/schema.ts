import * as z from 'zod/mini';

import { emailField } from '@/lib/fields';
import { text } from '@/lib/messages';

import './messages/catalogue';

/** The address and role of an invitation. */
export const inviteSchema = z.object({
  email: emailField(text('users:schema.enterAnE')),
  role: z.enum(['user', 'admin']),
});
