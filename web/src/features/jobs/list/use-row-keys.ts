import { useCallback, type KeyboardEvent } from 'react';

function focusRow(list: HTMLElement, id: string): boolean {
  const link = list.querySelector<HTMLElement>(`[data-job="${CSS.escape(id)}"] [data-row-link]`);
  link?.focus({ preventScroll: true });
  return link !== null;
}

/** Moves between rows with the arrow keys (or j and k), and selects with space or x. */
export function useRowKeys(jobs: readonly { id: string }[]) {
  return useCallback(
    (event: KeyboardEvent<HTMLElement>, reveal: (index: number) => void) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !(event.target instanceof HTMLElement)) return;
      if (!event.target.matches('[data-row-link], input[type="checkbox"]')) return;
      const list = event.currentTarget;
      const row = event.target.closest<HTMLElement>('[data-job]');
      const at = jobs.findIndex((job) => job.id === row?.dataset.job);
      const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
      if (step !== undefined) {
        const next = jobs[at + step];
        if (!next) return;
        event.preventDefault();
        reveal(at + step);
        // A row far away is rendered only after the scroll.
        if (!focusRow(list, next.id)) requestAnimationFrame(() => focusRow(list, next.id));
      } else if (event.key === 'x' || (event.key === ' ' && event.target.matches('[data-row-link]'))) {
        event.preventDefault();
        row?.querySelector<HTMLElement>('input[type="checkbox"]')?.click();
      }
    },
    [jobs],
  );
}
