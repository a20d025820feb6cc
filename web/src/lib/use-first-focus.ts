import { useEffect, useRef, type RefObject } from 'react';

/** Gives the focus to an element as soon as it is there, if it is wanted: what had it before is gone. */
export function useFirstFocus<E extends HTMLElement>(wanted = true): RefObject<E | null> {
  const element = useRef<E>(null);
  useEffect(() => {
    if (wanted) element.current?.focus();
  }, [wanted]);
  return element;
}
