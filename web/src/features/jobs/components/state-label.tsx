import type { Job } from '@/api/model';

import { lookOf } from '../state';
import classes from './state-label.module.css';

/** A job's state as an icon with words. */
export function StateLabel({ job, filled = false }: { job: Pick<Job, 'state' | 'blocked'>; filled?: boolean }) {
  const { label, icon: Symbol, tone } = lookOf(job);
  return (
    <span className={classes.label} data-tone={tone} data-filled={filled || undefined}>
      <Symbol size={16} stroke={1.8} aria-hidden="true" />
      {label}
    </span>
  );
}
