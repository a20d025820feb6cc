import { createContext, use } from 'react';

/** The source of a harmless download to try; empty where the operator offers none. */
export const SampleContext = createContext('');

/** Returns the source that new users are offered to try, or an empty text. */
export function useSample(): string {
  return use(SampleContext);
}
