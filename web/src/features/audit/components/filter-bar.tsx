import { Button, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { IconFilter } from '@/components/icons';

import '../messages/catalogue';
import classes from './audit.module.css';

interface FilterBarProps {
  from: string;
  to: string;
  onDays: (days: { from?: string; to?: string }) => void;
  /** Clears all filters; undefined while there are none. */
  onAll: (() => void) | undefined;
  children: ReactNode;
}

/** The filters of a log: its own ones, then the days. */
export function FilterBar({ from, to, onDays, onAll, children }: FilterBarProps) {
  const { t } = useTranslation('audit');
  return (
    <form className={classes.filters} aria-label={t('filterBar.filters')} onSubmit={(event) => event.preventDefault()}>
      {children}
      <TextInput size="sm" type="date" label={t('filterBar.from')} value={from} max={to || undefined} onChange={(event) => onDays({ from: event.currentTarget.value })} />
      <TextInput size="sm" type="date" label={t('filterBar.to')} value={to} min={from || undefined} onChange={(event) => onDays({ to: event.currentTarget.value })} />
      <Button className={classes.clear} size="sm" variant="default" leftSection={<IconFilter size={16} />} disabled={!onAll} onClick={onAll}>
        {t('filterBar.clear')}
      </Button>
    </form>
  );
}
