import { Button, CloseButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import type { OwnedJob } from '@/api/model';
import { formatCount } from '@/lib/format';

import './messages/catalogue';
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
  const { t } = useTranslation('everybody');
  return (
    <div className={classes.bulk} role="toolbar" aria-label={t('selectionBar.selectedDownloads')}>
      <span className={classes.bulkcount} role="status">
        {t('selectionBar.downloadsSelected', { count: jobs.length, number: formatCount(jobs.length) })}
      </span>
      <Button size="compact-sm" variant="subtle" onClick={onAll}>
        {t('selectionBar.selectAllLoaded')}
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
      <CloseButton size="sm" aria-label={t('selectionBar.clearSelection')} onClick={onClear} />
    </div>
  );
}
