import * as z from 'zod/mini';

/** What an invitation needs. */
export const inviteSchema = z.object({
  email: z.string().check(z.trim(), z.regex(/^\S+@\S+$/, 'Enter an e-mail address, such as ada@example.org.')),
  role: z.enum(['user', 'admin']),
});
