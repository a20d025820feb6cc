import { useEffect, useRef } from 'react';

function isTaken(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true;
  const { target } = event;
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches('input:not([type="checkbox"]), textarea, select') || target.closest('[role="dialog"], [role="menu"]') !== null;
}

function focus(selector: string, event: KeyboardEvent): void {
  const found = document.querySelector<HTMLElement>(selector);
  if (!found) return;
  event.preventDefault();
  found.focus();
  found.scrollIntoView({ block: 'nearest' });
}

/** The keys of the whole page: "/" to search, "n" to add, "?" for help, and the arrows to get into the list. */
export function useListKeys(onHelp: () => void): void {
  const latest = useRef(onHelp);
  useEffect(() => {
    latest.current = onHelp;
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (isTaken(event)) return;
      if (event.key === '/') focus('input[data-search-box]', event);
      else if (event.key === 'n') focus('textarea[data-add-box]', event);
      else if (event.key === '?') {
        event.preventDefault();
        latest.current();
      } else if (event.key === 'ArrowDown' && (event.target === document.body || (event.target instanceof HTMLElement && event.target.id === 'content'))) {
        focus('[data-row-link]', event);
      }
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
}
