import * as z from 'zod/mini';

const email = z.string().check(z.trim(), z.minLength(3, 'Enter your e-mail address.'), z.regex(/^\S+@\S+$/, "This isn't an e-mail address."));

export const addressSchema = z.object({ email });

export const signInSchema = z.object({
  email,
  password: z.string().check(z.minLength(1, 'Enter your password.')),
});

export const passwordSchema = z.object({ password: signInSchema.shape.password });

export const codeSchema = z.object({
  code: z.string().check(z.trim(), z.minLength(6, 'Enter the code.')),
});

function newPassword(minLength: number) {
  return z.string().check(z.refine((value) => Array.from(value).length >= minLength, `Use at least ${minLength} characters.`));
}

/** E-mail and a new password; the length is the server's rule. */
export function newAccountSchema(minLength: number) {
  return z.object({ email, password: newPassword(minLength) });
}

/** A new password alone. */
export function newPasswordSchema(minLength: number) {
  return z.object({ password: newPassword(minLength) });
}
