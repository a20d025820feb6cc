import { useFeature } from '@/lib/features';

import type { Draft } from './drafts';

/** Returns the kinds of source that are switched off for the account. */
export function useKindsOff(): readonly Draft['kind'][] {
  const on = { magnet: useFeature('magnet_jobs'), url: useFeature('url_jobs'), torrent: useFeature('torrent_jobs') };
  return (['magnet', 'url', 'torrent'] as const).filter((kind) => !on[kind]);
}
