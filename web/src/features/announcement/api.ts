import { queryOptions } from '@tanstack/react-query';

import type { AnnouncementLevel, AnyAnnouncement, ShownAnnouncement } from '@/api/model';
import { http, send } from '@/lib/http';

export const announcementKeys = {
  all: ['announcement'] as const,
  shown: (signedIn: boolean) => [...announcementKeys.all, 'shown', signedIn] as const,
  any: () => [...announcementKeys.all, 'any'] as const,
};

const again = 60_000;

/** What the operator tells everyone now. The stream says when it changes; asking again finds its start and end. */
export function shownQuery(signedIn: boolean) {
  return queryOptions({
    queryKey: announcementKeys.shown(signedIn),
    queryFn: async ({ signal }): Promise<ShownAnnouncement | null> => (await send(http.GET('/api/v1/announcement', { signal }))).announcement,
    refetchInterval: again,
    staleTime: again,
  });
}

/** The announcement, whether or not it is shown now. */
export function anyAnnouncementQuery() {
  return queryOptions({
    queryKey: announcementKeys.any(),
    queryFn: async ({ signal }): Promise<AnyAnnouncement | null> => (await send(http.GET('/api/v1/admin/announcement', { signal }))).announcement,
    staleTime: 0,
  });
}

/** An announcement to make. */
export interface NewAnnouncement {
  text: string;
  level: AnnouncementLevel;
  from: string | null;
  until: string | null;
  dismissible: boolean;
  public: boolean;
}

/** Tells everyone something. */
export function announce(body: NewAnnouncement): Promise<undefined> {
  return send(http.PUT('/api/v1/admin/announcement', { body }));
}

/** Removes the announcement. */
export function endAnnouncement(): Promise<undefined> {
  return send(http.DELETE('/api/v1/admin/announcement'));
}
