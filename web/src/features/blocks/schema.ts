import * as z from 'zod/mini';

import { formatCount } from '@/lib/format';
import { linesOf } from '@/lib/lines-of';
import { text } from '@/lib/messages';

import './messages/catalogue';

/** How many things one request can block. */
export const maxLines = 1000;

/** What to block, one a line, and why. */
export const blockSchema = z.object({
  values: z.string().check(
    z.refine((text) => linesOf(text).length > 0, text('blocks:schema.enterWhatTo')),
    z.refine((text) => linesOf(text).length <= maxLines, text('blocks:schema.enterAtMost', { maxLines: formatCount(maxLines) })),
  ),
  reason: z.string().check(z.trim(), z.minLength(1, text('blocks:schema.sayWhy'))),
});
