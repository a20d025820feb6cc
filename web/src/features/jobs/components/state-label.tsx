import type { JobState } from '@/api/model';

import { stateLooks } from '../state';
import classes from './state-label.module.css';

/** A job's state as an icon with words. */
export function StateLabel({ state, filled = false }: { state: JobState; filled?: boolean }) {
  const { label, icon: Symbol, tone } = stateLooks[state];
  return (
    <span className={classes.label} data-tone={tone} data-filled={filled || undefined}>
      <Symbol size={16} stroke={1.8} aria-hidden="true" />
      {label}
    </span>
  );
}
