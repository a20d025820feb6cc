import * as z from 'zod/mini';

import { linesOf } from '@/lib/lines-of';
import { text } from '@/lib/messages';

import './messages/catalogue';

const line = z.string().check(z.trim(), z.maxLength(500, text('notices:schema.useAtMost')));
const long = z.string().check(z.trim(), z.maxLength(20_000, text('notices:schema.useAtMost20')));
const needed = line.check(z.minLength(1, text('notices:schema.aCounterNotice')));

/** What a notice says, as an admin writes it down. */
export const noticeSchema = z.object({
  reference: z.string().check(z.trim(), z.maxLength(200, text('notices:schema.useAtMost200'))),
  name: line,
  organisation: line,
  email: line,
  address: line,
  works: long,
  values: z.string().check(z.refine((text) => linesOf(text).length <= 1000, text('notices:schema.enterAtMost'))),
  goodFaith: z.boolean(),
  accuracy: z.boolean(),
  signature: line,
});

/** What can still be added to a notice. */
export const completeSchema = z.object({ name: line, organisation: line, email: line, address: line, works: long, goodFaith: z.boolean(), accuracy: z.boolean(), signature: line });

/** What a counter-notice says. */
export const counterSchema = z.object({
  account: line,
  name: needed,
  address: needed,
  phone: needed,
  text: long,
  mistake: z.boolean().check(z.refine((stated) => stated, text('notices:schema.aCounterNoticeMust'))),
  jurisdiction: z.boolean().check(z.refine((stated) => stated, text('notices:schema.aCounterNoticeMust'))),
  signature: needed,
});

/** An empty counter-notice. */
export const blankCounter = { account: '', name: '', address: '', phone: '', text: '', mistake: false, jurisdiction: false, signature: '' };
