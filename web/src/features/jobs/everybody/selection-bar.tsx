import { Button, CloseButton } from '@mantine/core';

import type { OwnedJob } from '@/api/model';
import { formatPlural } from '@/lib/format';

import { allows, offerIcon, offerLabel, offersOf, type Offer } from './acts';
import classes from './everybody.module.css';

interface SelectionBarProps {
  jobs: readonly OwnedJob[];
  onAct: (offer: Offer) => void;
  onAll: () => void;
  onClear: () => void;
}

/** The acts on the selected downloads. Each is for those that allow it. */
export function SelectionBar({ jobs, onAct, onAll, onClear }: SelectionBarProps) {
  return (
    <div className={classes.bulk} role="toolbar" aria-label="Selected downloads">
      <span className={classes.bulkcount} role="status">
        {formatPlural(jobs.length, 'download', 'downloads')} selected
      </span>
      <Button size="compact-sm" variant="subtle" onClick={onAll}>
        Select all loaded
      </Button>
      {offersOf(jobs).map((offer) => {
        const able = jobs.filter((job) => allows(job, offer)).length;
        const Symbol = offerIcon(offer);
        return (
          <Button key={offerLabel(offer, jobs)} size="compact-sm" variant="default" leftSection={<Symbol size={15} />} onClick={() => onAct(offer)}>
            {offerLabel(offer, jobs)}
            {able < jobs.length ? ` (${able})` : ''}
          </Button>
        );
      })}
      <CloseButton size="sm" aria-label="Clear selection" onClick={onClear} />
    </div>
  );
}
