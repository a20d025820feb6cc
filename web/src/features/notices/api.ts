import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';

import type { CounterStatement, NewNotice, Notice, NoticeDecision, NoticeDetail, NoticePatch, NoticeState, OwnNoticeList, RecordedNotice, Strike, StrikeRecord } from '@/api/model';
import { http, send } from '@/lib/http';

const pageSize = 100;

/** Which notices are shown. */
export interface NoticeView {
  /** Those that wait for an admin, all, or those in one state. */
  show: 'open' | 'all' | NoticeState;
  q: string;
}

export const noticeKeys = {
  all: ['notices'] as const,
  one: (id: string) => [...noticeKeys.all, 'one', id] as const,
  own: () => [...noticeKeys.all, 'own'] as const,
  strikes: (userId: string) => [...noticeKeys.all, 'strikes', userId] as const,
};

/** The notices: what waits by urgency, everything else newest first. */
export function noticesQuery({ show, q }: NoticeView) {
  return infiniteQueryOptions({
    queryKey: [...noticeKeys.all, 'list', show, q],
    queryFn: async ({ pageParam, signal }): Promise<{ items: Notice[]; nextCursor: string }> => {
      const shown = show === 'open' ? { open: true } : show === 'all' ? {} : { state: show };
      const query = { ...shown, ...(q !== '' && { q }), ...(pageParam !== '' && { cursor: pageParam }), limit: pageSize };
      const { notices, nextCursor } = await send(http.GET('/api/v1/admin/notices', { params: { query }, signal }));
      return { items: notices, nextCursor };
    },
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }: { nextCursor: string }) => (nextCursor === '' ? undefined : nextCursor),
  });
}

/** A notice with what belongs to it. */
export function noticeQuery(id: string) {
  return queryOptions({
    queryKey: noticeKeys.one(id),
    queryFn: ({ signal }): Promise<NoticeDetail> => send(http.GET('/api/v1/admin/notices/{id}', { params: { path: { id } }, signal })),
  });
}

/** Where the export of all notices is, without anything private. */
export const exportPath = '/api/v1/admin/notices.csv';

/** Records a notice. */
export function recordNotice(body: NewNotice): Promise<RecordedNotice> {
  return send(http.POST('/api/v1/admin/notices', { body }));
}

/** Adds what a notice lacks. */
export function completeNotice(id: string, body: NoticePatch): Promise<Notice> {
  return send(http.PATCH('/api/v1/admin/notices/{id}', { params: { path: { id } }, body }));
}

/** Decides on a notice. */
export function decideNotice(id: string, body: { act: NoticeDecision; note: string; tell: boolean }): Promise<Notice> {
  return send(http.POST('/api/v1/admin/notices/{id}/decide', { params: { path: { id } }, body }));
}

/** Records a counter-notice that came by mail or on paper. */
export function recordCounter(id: string, account: string, said: CounterStatement): Promise<unknown> {
  return send(http.POST('/api/v1/admin/notices/{id}/counter', { params: { path: { id } }, body: { ...said, ...(account !== '' && { account }) } }));
}

/** Gives the clock of a counter-notice more business days. */
export function extendCounter(id: string, days: number): Promise<unknown> {
  return send(http.POST('/api/v1/admin/notices/{id}/counter/extend', { params: { path: { id } }, body: { days } }));
}

/** The notices that block downloads of the account, or did. */
export function ownNoticesQuery() {
  return queryOptions({
    queryKey: noticeKeys.own(),
    queryFn: ({ signal }): Promise<OwnNoticeList> => send(http.GET('/api/v1/notices', { signal })),
  });
}

/** Objects to a notice. */
export function sendCounter(id: string, said: CounterStatement): Promise<{ dueAt: string }> {
  return send(http.POST('/api/v1/notices/{id}/counter', { params: { path: { id } }, body: said }));
}

/** The strikes of an account. */
export function strikesQuery(userId: string) {
  return queryOptions({
    queryKey: noticeKeys.strikes(userId),
    queryFn: ({ signal }): Promise<StrikeRecord> => send(http.GET('/api/v1/admin/users/{id}/strikes', { params: { path: { id: userId } }, signal })),
  });
}

/** Withdraws a strike. */
export function withdrawStrike(id: string, reason: string): Promise<Strike> {
  return send(http.POST('/api/v1/admin/strikes/{id}/withdraw', { params: { path: { id } }, body: { reason } }));
}
