import { createContext } from 'react';

import { thumbnailOf } from '@/lib/has-thumbnail';
import { problemCode } from '@/lib/problem';

import { endBy, makeMediaLink, makeStream, readMedia, readSubtitles, readSubtitlesText, type Access } from './api';

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
  endOf: (error) => endBy(error, problemCode.notFound),
  onGone: () => undefined,
};

export const AccessContext = createContext(ownAccess);
