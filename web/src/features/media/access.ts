import { createContext } from 'react';

import type { Link, Media, Subtitle } from '@/api/model';
import { thumbnailOf } from '@/lib/has-thumbnail';
import { hasCode, problemCode } from '@/lib/problem';

import { makeMediaLink, makeStream, readMedia, readSubtitles, readSubtitlesText } from './api';

/** How the player gets at films: as their owner, or as a visitor of a share. */
export interface Access {
  /** They are one's own: where one stopped is kept, and subtitles can be uploaded. */
  own: boolean;
  /** They may be saved, and so opened elsewhere. */
  saves: boolean;
  media: (fileId: string, signal: AbortSignal) => Promise<Media>;
  subtitles: (fileId: string, signal: AbortSignal) => Promise<Subtitle[]>;
  subtitlesText: (fileId: string, sid: string, signal: AbortSignal) => Promise<string>;
  stream: (fileId: string) => Promise<Link>;
  link: (fileId: string, disposition?: 'inline' | 'attachment') => Promise<Link>;
  poster: (fileId: string) => string;
  /** Reports whether a fault says that the film is not there any more. */
  isGone: (error: unknown) => boolean;
  /** Called when a film is not there any more. */
  onGone: () => void;
}

/** One's own films. */
export const ownAccess: Access = {
  own: true,
  saves: true,
  media: readMedia,
  subtitles: readSubtitles,
  subtitlesText: readSubtitlesText,
  stream: makeStream,
  link: makeMediaLink,
  poster: thumbnailOf,
  isGone: (error) => hasCode(error, problemCode.notFound),
  onGone: () => undefined,
};

export const AccessContext = createContext(ownAccess);
