import type { Icon } from '@tabler/icons-react';

import classes from './health-label.module.css';

export interface Health {
  label: string;
  icon: Icon;
  tone: 'ok' | 'warn' | 'bad' | 'idle';
}

/** The health of something in one word, with an icon. */
export function HealthLabel({ health: { label, icon: Symbol, tone } }: { health: Health }) {
  return (
    <span className={classes.health} data-tone={tone}>
      <Symbol size={15} aria-hidden="true" />
      {label}
    </span>
  );
}
