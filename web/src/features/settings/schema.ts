import * as z from 'zod/mini';

export const emailSchema = z.object({
  email: z.string().check(z.trim(), z.minLength(3, 'Enter the new address.'), z.regex(/^\S+@\S+$/, "This isn't an e-mail address.")),
});

export const currentPasswordSchema = z.object({ password: z.string().check(z.minLength(1, 'Enter your password.')) });

export const codeSchema = z.object({ code: z.string().check(z.trim(), z.minLength(6, 'Enter the code.')) });

/** The name of a passkey. */
export const passkeySchema = z.object({ name: z.string().check(z.trim(), z.minLength(1, 'Enter a name.')) });

/** The name and life of an API token. */
export const tokenSchema = z.object({
  name: z.string().check(z.trim(), z.minLength(1, 'Enter a name.')),
  expiresInDays: z.coerce.number(),
});

/** A new password; the length is the server's rule. */
export function passwordSchema(minLength: number) {
  return z.object({
    password: z.string().check(z.refine((value) => Array.from(value).length >= minLength, `Use at least ${minLength} characters.`)),
  });
}
