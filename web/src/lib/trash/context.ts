import { createContext, use } from 'react';

/** How long what is deleted can be restored, in seconds: 0 is not at all, undefined is not known yet. */
export const TrashSecondsContext = createContext<number | undefined>(undefined);

/** Returns whether what is deleted goes to the trash. While that is not known, it doesn't. */
export function useTrash(): boolean {
  return (use(TrashSecondsContext) ?? 0) > 0;
}
