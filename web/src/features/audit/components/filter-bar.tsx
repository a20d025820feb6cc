import { Button, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';

import { IconFilter } from '@/components/icons';

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
  return (
    <form className={classes.filters} aria-label="Filters" onSubmit={(event) => event.preventDefault()}>
      {children}
      <TextInput size="sm" type="date" label="From" value={from} max={to || undefined} onChange={(event) => onDays({ from: event.currentTarget.value })} />
      <TextInput size="sm" type="date" label="To" value={to} min={from || undefined} onChange={(event) => onDays({ to: event.currentTarget.value })} />
      <Button className={classes.clear} size="sm" variant="default" leftSection={<IconFilter size={16} />} disabled={!onAll} onClick={onAll}>
        Clear
      </Button>
    </form>
  );
}
