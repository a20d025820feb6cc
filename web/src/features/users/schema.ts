import * as z from 'zod/mini';

import { emailField } from '@/lib/fields';

/** The address and role of an invitation. */
export const inviteSchema = z.object({
  email: emailField('Enter an e-mail address.'),
  role: z.enum(['user', 'admin']),
});
