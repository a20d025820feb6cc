import * as z from 'zod/mini';

import type { Share, ShareSettings } from '@/api/model';
import { text } from '@/lib/messages';

import './messages/catalogue';

const minPassword = 8;
const maxLimit = 1_000_000;
const dayMillis = 24 * 3_600_000;

/** The days that a share may last, to choose from. */
export const dayChoices = [1, 7, 30, 90, 365] as const;

/** When a share ends: after so many days, never, or when it did before. */
export const never = 'never';
export const unchanged = 'unchanged';

/** The fields of a share's form. */
export const shareSchema = z.object({
  name: z.string().check(z.trim(), z.minLength(1, text('shares:nameMissing'))),
  expiresAt: z.string(),
  password: z.string().check(z.refine((value) => value === '' || Array.from(value).length >= minPassword, text('shares:passwordShort'))),
  maxDownloads: z.string().check(
    z.trim(),
    z.refine((value) => value === '' || (/^\d+$/.test(value) && Number(value) >= 1 && Number(value) <= maxLimit), text('shares:limitWrong')),
  ),
});

export type ShareValues = z.infer<typeof shareSchema>;

/** Returns what to send for a form. The switches aren't text fields, so they come separately. */
export function settingsOf(values: ShareValues, switches: { viewOnly: boolean; removePassword: boolean }, before: Share | undefined, now: number): ShareSettings {
  const days = Number(values.expiresAt);
  const expiresAt =
    values.expiresAt === unchanged ? (before?.expiresAt ?? null) : values.expiresAt === never ? null : new Date(now + days * dayMillis).toISOString();
  return {
    name: values.name,
    viewOnly: switches.viewOnly,
    maxDownloads: values.maxDownloads === '' ? null : Number(values.maxDownloads),
    expiresAt,
    ...(switches.removePassword ? { password: '' } : values.password !== '' && { password: values.password }),
  };
}
