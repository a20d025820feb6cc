import * as z from 'zod/mini';

import { linesOf } from '@/lib/lines-of';
import { text } from '@/lib/messages';

import './messages/catalogue';

const at = (most: number) => z.string().check(z.trim(), z.maxLength(most, text('legal:form.tooLong', { n: most })));
const needed = (most: number) => at(most).check(z.minLength(1, text('legal:form.needed')));
const stated = z.boolean().check(z.refine((yes) => yes, text('legal:form.stated')));

/** What a takedown notice says beside its works. */
export const noticeSchema = z.object({
  name: needed(500),
  organisation: at(500),
  email: needed(254).check(z.regex(/^[^@\s]+@[^@\s]+$/, text('legal:form.email_wrong'))),
  phone: at(100),
  address: needed(350),
  text: at(5000),
  goodFaith: stated,
  accuracy: stated,
  signature: needed(500),
});

/** A work, and where it is. */
export interface Claim {
  /** Tells it from others in the list. */
  key: number;
  work: string;
  locations: string;
}

/** Returns what a work lacks; empty texts if nothing. */
export function claimFaults({ work, locations }: Claim): { work: string; locations: string } {
  const lines = linesOf(locations);
  return {
    work: work.trim() === '' ? text('legal:form.needed') : work.length > 2000 ? text('legal:form.tooLong', { n: 2000 }) : '',
    locations: lines.length === 0 ? text('legal:form.needed') : lines.length > 500 ? text('legal:form.tooMany') : '',
  };
}
