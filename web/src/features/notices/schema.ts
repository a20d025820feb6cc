import * as z from 'zod/mini';

import { linesOf } from '@/lib/lines-of';

const line = z.string().check(z.trim(), z.maxLength(500, 'Use at most 500 characters.'));
const long = z.string().check(z.trim(), z.maxLength(20_000, 'Use at most 20,000 characters.'));
const needed = line.check(z.minLength(1, 'A counter-notice needs this.'));

/** What a notice says, as an admin writes it down. */
export const noticeSchema = z.object({
  reference: z.string().check(z.trim(), z.maxLength(200, 'Use at most 200 characters.')),
  name: line,
  organisation: line,
  email: line,
  address: line,
  works: long,
  values: z.string().check(z.refine((text) => linesOf(text).length <= 1000, 'Enter at most 1,000 lines.')),
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
  mistake: z.boolean().check(z.refine((stated) => stated, 'A counter-notice must state this.')),
  jurisdiction: z.boolean().check(z.refine((stated) => stated, 'A counter-notice must state this.')),
  signature: needed,
});

/** An empty counter-notice. */
export const blankCounter = { account: '', name: '', address: '', phone: '', text: '', mistake: false, jurisdiction: false, signature: '' };
