import * as z from 'zod/mini';

import { codeField, emailField, newPasswordField, passwordField } from '@/lib/fields';
import { text } from '@/lib/messages';

import './messages/catalogue';

const email = emailField(text('auth:schema.enterYourE'));

export const addressSchema = z.object({ email });
export const signInSchema = z.object({ email, password: passwordField });
export const passwordSchema = z.object({ password: passwordField });
export const codeSchema = z.object({ code: codeField });

/** E-mail and a new password. */
export function newAccountSchema(minLength: number) {
  return z.object({ email, password: newPasswordField(minLength) });
}

/** A new password alone. */
export function newPasswordSchema(minLength: number) {
  return z.object({ password: newPasswordField(minLength) });
}
