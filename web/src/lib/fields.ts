import * as z from 'zod/mini';

import { text } from './messages';
import './common-messages/catalogue';

// The fields that forms share.

/** An e-mail address; `missing` asks for it. */
export function emailField(missing: string) {
  return z.string().check(z.trim(), z.minLength(1, missing), z.regex(/^\S+@\S+$/, text('common:fields.email')));
}

/** The current password. */
export const passwordField = z.string().check(z.minLength(1, text('common:fields.password')));

/** A new password; the length is the server's rule. */
export function newPasswordField(minLength: number) {
  return z.string().check(z.refine((value) => Array.from(value).length >= minLength, text('common:fields.length', { count: minLength })));
}

/** A code from the authenticator app, or a recovery code. */
export const codeField = z.string().check(z.trim(), z.minLength(6, text('common:fields.code')));

/** A name that the user chooses. */
export const nameField = z.string().check(z.trim(), z.minLength(1, text('common:fields.name')));
