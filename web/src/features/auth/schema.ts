import * as z from 'zod/mini';

/** The server's own bound: length beats everything else. */
export const minPassword = 15;

const email = z.string().check(z.trim(), z.minLength(3, 'Enter your e-mail address.'), z.regex(/^\S+@\S+$/, 'This is no e-mail address.'));

export const signInSchema = z.object({
  email,
  password: z.string().check(z.minLength(1, 'Enter your password.')),
});

export const setUpSchema = z.object({
  email,
  password: z.string().check(z.minLength(minPassword, `Use at least ${minPassword} characters.`)),
});

export type Faults = Partial<Record<'email' | 'password', string | undefined>>;

/** Returns the first fault of each field. */
export function faultsOf(error: z.core.$ZodError): Faults {
  const faults: Faults = {};
  for (const issue of error.issues) {
    const field = issue.path[0];
    if (field === 'email' || field === 'password') faults[field] ??= issue.message;
  }
  return faults;
}
