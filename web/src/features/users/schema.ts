import * as z from 'zod/mini';

/** The address and role of an invitation. */
export const inviteSchema = z.object({
  email: z.string().check(z.trim(), z.regex(/^\S+@\S+$/, 'Enter an e-mail address, such as ada@example.org.')),
  role: z.enum(['user', 'admin']),
});
