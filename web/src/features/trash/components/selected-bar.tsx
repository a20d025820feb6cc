import { Button, CloseButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import type { TrashedItem } from '@/api/model';
import { formatBytes } from '@/lib/format';
import type { Selected } from '@/lib/use-selected';

import classes from './trash.module.css';

interface SelectedBarProps {
  selected: Selected<TrashedItem>;
  busy: boolean;
  onRestore: () => void;
  onDelete: () => void;
}

/** What can be done with the selected items of the trash. */
export function SelectedBar({ selected, busy, onRestore, onDelete }: SelectedBarProps) {
  const { t } = useTranslation('trash');
  const { entries } = selected;
  const size = formatBytes(entries.reduce((sum, item) => sum + item.bytes, 0));
  return (
    <div className={classes.selected} role="toolbar" aria-label={t('selection')}>
      <span className={classes.count} role="status">
        {t('selected', { count: entries.length, size })}
      </span>
      <Button size="compact-sm" variant="subtle" onClick={selected.all}>
        {t('selectAll')}
      </Button>
      <Button size="compact-sm" variant="default" loading={busy} onClick={onRestore}>
        {t('restore')}
      </Button>
      <Button size="compact-sm" variant="default" color="red" disabled={busy} onClick={onDelete}>
        {t('delete')}
      </Button>
      <CloseButton size="sm" aria-label={t('clearSelection')} onClick={selected.clear} />
    </div>
  );
}
