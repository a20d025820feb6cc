import { infiniteQueryOptions } from '@tanstack/react-query';

import type { AuditEntry, ChainCheck, MailInfo, SecurityEvent } from '@/api/model';
import { dayBounds } from '@/lib/days';
import { given } from '@/lib/given';
import { http, send } from '@/lib/http';

/** The filters of the audit log. Empty means all. */
export interface AuditView {
  actor: string;
  /** An action, or an area of actions. */
  action: string;
  target: string;
  /** Days in the reader's time zone, both included. */
  from: string;
  to: string;
}

/** The filters of the security events. Empty means all. */
export interface SecurityView {
  kind: string;
  user: string;
  ip: string;
  from: string;
  to: string;
}

export const mailStates = ['queued', 'sent', 'failed'] as const;
export type MailState = (typeof mailStates)[number];

export const auditKeys = {
  all: ['audit'] as const,
  log: (view: AuditView) => [...auditKeys.all, 'log', view] as const,
  security: (view: SecurityView) => [...auditKeys.all, 'security', view] as const,
  mailsOf: (user: string) => [...auditKeys.all, 'mails-of', user] as const,
  mails: (state: MailState | '') => [...auditKeys.all, 'mails', state] as const,
};

const pageSize = 50;

interface Page<T> {
  items: T[];
  nextCursor: string;
}

const paging = {
  initialPageParam: '',
  getNextPageParam: ({ nextCursor }: Page<unknown>) => (nextCursor === '' ? undefined : nextCursor),
  // An action of a moment ago has to show.
  staleTime: 0,
};

/** The audit log, newest first. */
export function auditQuery(view: AuditView) {
  return infiniteQueryOptions({
    queryKey: auditKeys.log(view),
    queryFn: async ({ pageParam, signal }): Promise<Page<AuditEntry>> => {
      const { from, to, ...texts } = view;
      const query = { ...given({ ...texts, cursor: pageParam }), ...dayBounds(from, to), limit: pageSize };
      const answer = await send(http.GET('/api/v1/admin/audit', { params: { query }, signal }));
      return { items: answer.entries, nextCursor: answer.nextCursor };
    },
    ...paging,
  });
}

/** The security events, newest first. */
export function securityQuery(view: SecurityView) {
  return infiniteQueryOptions({
    queryKey: auditKeys.security(view),
    queryFn: async ({ pageParam, signal }): Promise<Page<SecurityEvent>> => {
      const { from, to, ...texts } = view;
      const query = { ...given({ ...texts, cursor: pageParam }), ...dayBounds(from, to), limit: pageSize };
      const answer = await send(http.GET('/api/v1/admin/security-events', { params: { query }, signal }));
      return { items: answer.events, nextCursor: answer.nextCursor };
    },
    ...paging,
  });
}

/** The mails and their outcome, newest first. */
export function mailsQuery(state: MailState | '') {
  return infiniteQueryOptions({
    queryKey: auditKeys.mails(state),
    queryFn: async ({ pageParam, signal }): Promise<Page<MailInfo>> => {
      const query = { ...(state !== '' && { state }), ...given({ before: pageParam }), limit: pageSize };
      const { mails } = await send(http.GET('/api/v1/admin/mails', { params: { query }, signal }));
      return { items: mails, nextCursor: mails.length < pageSize ? '' : (mails.at(-1)?.createdAt ?? '') };
    },
    ...paging,
  });
}

/** The mails to an account, newest first. */
export function mailsOfQuery(user: string) {
  return infiniteQueryOptions({
    queryKey: auditKeys.mailsOf(user),
    queryFn: async ({ pageParam, signal }): Promise<Page<MailInfo>> => {
      const query = { ...given({ before: pageParam }), limit: pageSize };
      const { mails } = await send(http.GET('/api/v1/admin/users/{id}/mails', { params: { path: { id: user }, query }, signal }));
      return { items: mails, nextCursor: mails.length < pageSize ? '' : (mails.at(-1)?.createdAt ?? '') };
    },
    ...paging,
  });
}

/** Has the server check the audit log's chain of hashes. */
export function verifyAudit(): Promise<ChainCheck> {
  return send(http.GET('/api/v1/admin/audit/verify'));
}

/** Has the server check the security events' chain of hashes. */
export function verifySecurity(): Promise<ChainCheck> {
  return send(http.GET('/api/v1/admin/security-events/verify'));
}
