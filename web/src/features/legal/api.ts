import { queryOptions } from '@tanstack/react-query';

import type { LegalPage, SentNotice, SentTakedownNotice, TakedownNotice } from '@/api/model';
import { http, send } from '@/lib/http';

/** The legal pages. */
export type LegalName = 'terms' | 'privacy' | 'dmca';

const legalKeys = {
  page: (page: LegalName) => ['legal', page] as const,
  sent: (token: string) => ['legal', 'sent', token] as const,
};

/** A legal page. */
export function legalQuery(page: LegalName) {
  return queryOptions({
    queryKey: legalKeys.page(page),
    queryFn: ({ signal }): Promise<LegalPage> => send(http.GET('/api/v1/legal/{page}', { params: { path: { page } }, signal })),
    staleTime: 5 * 60_000,
  });
}

/** Sends a takedown notice. */
export function sendNotice(body: TakedownNotice): Promise<SentTakedownNotice> {
  return send(http.POST('/api/v1/takedown', { body }));
}

/** What became of a takedown notice, by the token of its link. */
export function sentNoticeQuery(token: string) {
  return queryOptions({
    queryKey: legalKeys.sent(token),
    queryFn: ({ signal }): Promise<SentNotice> => send(http.POST('/api/v1/takedown/status', { body: { token }, signal })),
  });
}
