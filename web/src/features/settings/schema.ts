import * as z from 'zod/mini';

import { codeField, emailField, nameField, newPasswordField, passwordField } from '@/lib/fields';
import { text } from '@/lib/messages';

import './messages/catalogue';
import { scopes } from './scopes';

export const emailSchema = z.object({ email: emailField(text('settings:schema.enterTheNew')) });
export const currentPasswordSchema = z.object({ password: passwordField });
export const codeSchema = z.object({ code: codeField });
export const passkeySchema = z.object({ name: nameField });

/** The name, permissions and life of an API token. */
export const tokenSchema = z.object({
  name: nameField,
  scopes: z.array(z.enum(scopes)).check(z.minLength(1, text('settings:schema.chooseAtLeast'))),
  expiresInDays: z.coerce.number(),
});

/** A new password. */
export function passwordSchema(minLength: number) {
  return z.object({ password: newPasswordField(minLength) });
}
