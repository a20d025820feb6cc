import { useRef, type RefObject } from 'react';

/**
 * For a menu whose items open dialogs. A dialog gives the focus back to what had it, and the item is gone by then:
 * `choose` hands the focus to the menu's button before it acts.
 */
export function useMenuButton(): { button: RefObject<HTMLButtonElement | null>; choose: (act: () => void) => void } {
  const button = useRef<HTMLButtonElement>(null);
  const choose = (act: () => void) => {
    button.current?.focus();
    act();
  };
  return { button, choose };
}
