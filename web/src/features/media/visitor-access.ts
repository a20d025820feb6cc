import { http, send } from '@/lib/http';
import { problemCode } from '@/lib/problem';

import { endBy, type Access } from './api';

/** A visit to a share, as far as the player needs to know. */
export interface Visit {
  visit: string;
  viewOnly: boolean;
  /** Begins the addresses of thumbnails. */
  thumbnails: string;
}

/** The film of a share with this index. */
export function visitorAccess({ visit, viewOnly, thumbnails }: Visit, index: number, onGone: () => void): Access {
  const body = { visit, index };
  return {
    own: false,
    saves: !viewOnly,
    media: (_, signal) => send(http.POST('/api/v1/shared/media', { body, signal })),
    subtitles: async (_, signal) => (await send(http.POST('/api/v1/shared/subtitles', { body, signal }))).items,
    subtitlesText: (_, subtitle, signal) => send(http.POST('/api/v1/shared/subtitle', { body: { ...body, subtitle }, parseAs: 'text', signal })),
    stream: () => send(http.POST('/api/v1/shared/stream', { body })),
    link: (_, disposition = 'inline') => send(http.POST('/api/v1/shared/link', { body: { ...body, disposition } })),
    poster: () => `${thumbnails}${index}`,
    // A visit that ended is a conflict: of a share that is gone, or has another password.
    endOf: (error) => endBy(error, problemCode.notFound, problemCode.conflict),
    onGone,
  };
}
