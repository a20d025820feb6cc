import { useCallback, type KeyboardEvent } from 'react';

import type { Entry } from './view';

function focusRow(list: HTMLElement, id: string): boolean {
  const link = list.querySelector<HTMLElement>(`[data-entry="${CSS.escape(id)}"] [data-row-link]`);
  link?.focus({ preventScroll: true });
  return link !== null;
}

/** Moves between rows, or tiles in columns, with the arrow keys, and selects with x. */
export function useEntryKeys(entries: readonly Entry[], columns = 1) {
  return useCallback(
    (event: KeyboardEvent<HTMLElement>, reveal: (index: number) => void) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !(event.target instanceof HTMLElement)) return;
      if (!event.target.matches('[data-row-link], input[type="checkbox"]')) return;
      const row = event.target.closest<HTMLElement>('[data-entry]');
      const step = { ArrowDown: columns, ArrowUp: -columns, ...(columns > 1 && { ArrowRight: 1, ArrowLeft: -1 }) }[event.key];
      if (event.key === 'x') {
        event.preventDefault();
        row?.querySelector<HTMLElement>('input[type="checkbox"]')?.click();
      }
      if (step === undefined) return;
      const at = entries.findIndex((entry) => entry.id === row?.dataset.entry) + step;
      const next = entries[at];
      if (!next) return;
      event.preventDefault();
      const list = event.currentTarget;
      reveal(Math.floor(at / columns));
      // A row far away is rendered only after the scroll.
      if (!focusRow(list, next.id)) requestAnimationFrame(() => focusRow(list, next.id));
    },
    [entries, columns],
  );
}
