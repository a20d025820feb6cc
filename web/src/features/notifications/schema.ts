import * as z from 'zod/mini';

import { nameField } from '@/lib/fields';
import { text } from '@/lib/messages';

import { jobNotables } from './events';
import './messages/catalogue';

/** What a webhook is made of. The address of one that exists may stay empty: it is kept. */
export function webhookSchema(made: boolean) {
  const url = z.string().check(z.trim());
  return z.object({
    name: nameField,
    url: made ? url : url.check(z.minLength(1, text('notifications:form.urlMissing'))),
    events: z.array(z.enum(jobNotables)).check(z.minLength(1, text('notifications:form.eventsMissing'))),
  });
}
