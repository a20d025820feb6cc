import { useCallback, useMemo, useSyncExternalStore } from 'react';

import { mergeDrafts, type Draft, type NewDrafts } from './drafts';
import { changeTray, noChoice, readTray, watchTrays, type Choice, type Tray } from './store';

/** What waits to be added, and how to change it. */
export function useTray(account: string) {
  const tray = useSyncExternalStore(watchTrays, useCallback(() => readTray(account), [account]));
  const acts = useMemo(() => {
    const change = (to: (before: Tray) => Tray) => changeTray(account, to);
    return {
      setText: (text: string) => change((before) => ({ ...before, text, refused: [] })),
      /** Takes what was read, and returns all drafts. */
      take: ({ drafts, refused }: NewDrafts): readonly Draft[] => {
        change((before) => ({ ...before, refused, drafts: mergeDrafts(before.drafts, drafts) }));
        return readTray(account).drafts;
      },
      removeDrafts: (gone: (draft: Draft) => boolean) =>
        change((before) => {
          const drafts = before.drafts.filter((draft) => !gone(draft));
          const ids = new Set(drafts.map((draft) => draft.id));
          return { ...before, drafts, choices: Object.fromEntries(Object.entries(before.choices).filter(([id]) => ids.has(id))) };
        }),
      choose: (id: string, choice: Partial<Choice>) =>
        change((before) => ({ ...before, choices: { ...before.choices, [id]: { ...noChoice, ...before.choices[id], ...choice } } })),
      setLabels: (labels: readonly string[] | undefined) => change((before) => ({ ...before, labels })),
    };
  }, [account]);
  return { tray, ...acts };
}
