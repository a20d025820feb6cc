import { useRef, type RefObject } from 'react';

/**
 * For a menu whose items open dialogs. A closing dialog returns the focus to the element that had it, and by then the
 * menu item is gone. So `choose` focuses the menu's button before it acts.
 */
export function useMenuButton(): { button: RefObject<HTMLButtonElement | null>; choose: (act: () => void) => void } {
  const button = useRef<HTMLButtonElement>(null);
  const choose = (act: () => void) => {
    button.current?.focus();
    act();
  };
  return { button, choose };
}
