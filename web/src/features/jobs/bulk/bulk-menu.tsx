import { Button, Menu } from '@mantine/core';

import { IconChevronDown } from '@/components/icons';
import { useMenuButton } from '@/lib/use-menu-button';

import { everyOffer, offerIcon, type Offer } from '../everybody/acts';
import everybody from '../everybody/everybody.module.css';
import { labelOf } from './text';

/** The acts on everything that the filters find. */
export function BulkMenu({ label, onAct }: { label: string; onAct: (offer: Offer) => void }) {
  const { button, choose } = useMenuButton();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button ref={button} size="compact-sm" variant="default" rightSection={<IconChevronDown size={14} />}>
          {label}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {everyOffer.map((offer) => {
          const Symbol = offerIcon(offer);
          return (
            <Menu.Item
              key={labelOf(offer)}
              leftSection={<Symbol size={16} />}
              className={offer.act === 'delete' ? everybody.danger : undefined}
              onClick={() => choose(() => onAct(offer))}
            >
              {labelOf(offer)}
            </Menu.Item>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}
