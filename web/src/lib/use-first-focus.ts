import { useEffect, useRef, type RefObject } from 'react';

/** Focuses an element when it appears, if wanted: the element that had focus is gone. */
export function useFirstFocus<E extends HTMLElement>(wanted = true): RefObject<E | null> {
  const element = useRef<E>(null);
  useEffect(() => {
    if (wanted) element.current?.focus();
  }, [wanted]);
  return element;
}
