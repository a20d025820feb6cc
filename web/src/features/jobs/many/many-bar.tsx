import { Button, CloseButton } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { OwnAct } from '@/api/model';
import { LabelMenu } from '@/features/jobs/labels/components/label-menu';
import { formatCount } from '@/lib/format';

import type { JobFilter } from '../api';
import { actionIcons } from '../components/job-menu';
import classes from '../list/job-list.module.css';
import { actionLabels } from '../state';
import { ManyDialog, type Wish } from './many-dialog';
import './messages/catalogue';

const acts: readonly OwnAct[] = ['pause', 'resume', 'retry', 'cancel', 'delete'];

interface ManyBarProps {
  filter: JobFilter;
  total: number;
  onClear: () => void;
}

/** The acts on everything that the list's filter finds, also on what is not loaded. */
export function ManyBar({ filter, total, onClear }: ManyBarProps) {
  const { t } = useTranslation('many');
  const [wish, setWish] = useState<Wish>();
  const many = formatCount(total);
  return (
    <div className={classes.bulk} role="toolbar" aria-label={t('toolbar')}>
      <span className={classes.bulkcount} role="status">
        {t('selected', { many })}
      </span>
      {acts.map((act) => {
        const Symbol = actionIcons[act];
        return (
          <Button key={act} size="compact-sm" variant="default" leftSection={<Symbol size={15} />} onClick={() => setWish({ act })}>
            {actionLabels[act]}
          </Button>
        );
      })}
      <LabelMenu label={t('addLabel')} chosen={[]} onChange={([add]) => add !== undefined && setWish({ add })} />
      <LabelMenu label={t('removeLabel')} chosen={[]} onChange={([remove]) => remove !== undefined && setWish({ remove })} />
      <CloseButton size="sm" aria-label={t('clear')} onClick={onClear} />
      <ManyDialog filter={filter} many={many} wish={wish} onClose={() => setWish(undefined)} onDone={onClear} />
    </div>
  );
}
