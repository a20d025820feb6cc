import * as z from 'zod/mini';

import { mailStates } from '@/features/audit/api';
import { sorts } from '@/features/jobs/api';
import { anySorts } from '@/features/jobs/everybody/sorts';
import { tabNames } from '@/features/jobs/state';
import { orders, types } from '@/features/library/view';
import { noticeStates } from '@/features/notices/states';
import { userRoles, userSorts, userStates } from '@/features/users/choices';

// The query parameters of each page. Invalid values are ignored.

export const nextSearch = z.object({ next: z._default(z.catch(z.string(), ''), '') });
export const tokenSearch = z.object({ token: z._default(z.catch(z.string(), ''), '') });
export const invitationSearch = z.object({ invitation: z._default(z.catch(z.string(), ''), '') });

export const visitSearch = z.object({ file: z.catch(z.optional(z.number()), undefined) });

const asked = z._default(z.catch(z.string(), ''), '');
export const connectSearch = z.object({ client: asked, name: asked, redirect_uri: asked, state: asked, code_challenge: asked, scope: asked });

export const listDefaults = { tab: 'all', q: '', sort: '-created', label: '' } as const;
export const listSearch = z.object({
  tab: z.catch(z.optional(z.enum(tabNames)), undefined),
  q: z.catch(z.optional(z.string()), undefined),
  sort: z.catch(z.optional(z.enum(sorts)), undefined),
  label: z.catch(z.optional(z.string()), undefined),
  /** A source that waits for the user to add it, from a link elsewhere. */
  add: z.catch(z.optional(z.string().check(z.maxLength(65_536))), undefined),
});

export const librarySearch = z.object({
  folder: z.catch(z.optional(z.string().check(z.regex(/^[\da-f-]{36}$/))), undefined),
  q: z.catch(z.optional(z.string().check(z.maxLength(200))), undefined),
  type: z.catch(z.optional(z.enum(types)), undefined),
  sort: z.catch(z.optional(z.enum(orders)), undefined),
  as: z.catch(z.optional(z.literal('grid')), undefined),
});

export const userSearch = z.object({
  q: z.catch(z.optional(z.string()), undefined),
  state: z.catch(z.optional(z.enum(userStates)), undefined),
  role: z.catch(z.optional(z.enum(userRoles)), undefined),
  plan: z.catch(z.optional(z.string()), undefined),
  sort: z.catch(z.optional(z.enum(userSorts)), undefined),
});

const text = z.catch(z.optional(z.string()), undefined);
const day = z.catch(z.optional(z.string().check(z.regex(/^\d{4}-\d{2}-\d{2}$/))), undefined);
export const toldSearch = z.object({ event: text, unread: z.catch(z.optional(z.boolean()), undefined) });
export const auditSearch = z.object({ actor: text, action: text, target: text, from: day, to: day });
export const securitySearch = z.object({ kind: text, user: text, ip: text, from: day, to: day });
export const mailSearch = z.object({ state: z.catch(z.optional(z.enum(mailStates)), undefined) });
export const blockSearch = z.object({
  q: text, add: text,
  kind: z.catch(z.optional(z.enum(['hash', 'url', 'file'])), undefined),
  lifted: z.catch(z.optional(z.boolean()), undefined),
});
export const noticeSearch = z.object({ q: text, show: z.catch(z.optional(z.enum(['all', ...noticeStates])), undefined) });
export const anyJobSearch = z.object({
  q: text, state: text, reason: text, problem: text, agent: text, user: text, from: day, to: day, hash: text,
  provider: z.catch(z.optional(z.enum(['agent', 'seedr'])), undefined),
  size: z.catch(z.optional(z.string().check(z.regex(/^\d*-\d*$/))), undefined),
  sort: z.catch(z.optional(z.enum(anySorts)), undefined),
});
