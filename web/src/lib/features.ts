import { createContext, use } from 'react';

import type { Feature } from '@/api/model';

/** The features that are switched off for the account. */
export const FeaturesOffContext = createContext<readonly Feature[]>([]);

/** Returns whether a feature is on for the account. */
export function useFeature(feature: Feature): boolean {
  return !use(FeaturesOffContext).includes(feature);
}
