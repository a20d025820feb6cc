import { Menu } from '@mantine/core';
import { useId, useLayoutEffect, useState, type AriaAttributes, type ReactNode, type Ref, type RefCallback, type RefObject } from 'react';

/** What a menu's button gets. */
export interface ButtonProps {
  id: string;
  'aria-haspopup': AriaAttributes['aria-haspopup'];
  'aria-expanded': boolean;
  'aria-controls': string | undefined;
  onPointerEnter: () => void;
  onFocus: () => void;
  onClick: () => void;
}

interface LateMenuProps {
  /** The element of the button. */
  anchor: RefObject<HTMLButtonElement | null>;
  button: (props: ButtonProps) => ReactNode;
  items: () => ReactNode;
}

/** A menu for rows of long lists: a row that nobody points at is its button only, as a menu costs more than all else in it. */
export function LateMenu({ anchor, button, items }: LateMenuProps) {
  const id = useId();
  const [near, setNear] = useState(false);
  const [opened, setOpened] = useState(false);
  const come = () => setNear(true);
  return (
    <>
      {button({
        id: `${id}-target`,
        'aria-haspopup': 'menu',
        'aria-expanded': opened,
        'aria-controls': opened ? `${id}-dropdown` : undefined,
        onPointerEnter: come,
        onFocus: come,
        onClick: () => {
          come();
          setOpened(!opened);
        },
      })}
      {near && (
        <Menu id={id} opened={opened} onChange={setOpened}>
          <Menu.Target>
            <Place anchor={anchor} />
          </Menu.Target>
          <Menu.Dropdown>{items()}</Menu.Dropdown>
        </Menu>
      )}
    </>
  );
}

/** Stands for the button in a menu that comes after it. */
function Place({ anchor, ref }: { anchor: LateMenuProps['anchor']; ref?: Ref<HTMLElement> }) {
  useLayoutEffect(() => {
    // The menu hands its reference over as a function.
    (ref as RefCallback<HTMLElement> | undefined)?.(anchor.current);
  }, [anchor, ref]);
  return null;
}
