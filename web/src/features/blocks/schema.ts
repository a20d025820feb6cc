import * as z from 'zod/mini';

import { formatCount } from '@/lib/format';
import { linesOf } from '@/lib/lines-of';

/** How many things one request can block. */
export const maxLines = 1000;

/** What to block, one a line, and why. */
export const blockSchema = z.object({
  values: z.string().check(
    z.refine((text) => linesOf(text).length > 0, 'Enter what to block.'),
    z.refine((text) => linesOf(text).length <= maxLines, `Enter at most ${formatCount(maxLines)} lines at once.`),
  ),
  reason: z.string().check(z.trim(), z.minLength(1, 'Say why.')),
});
