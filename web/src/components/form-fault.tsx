import type { ReactNode } from 'react';

import { formatDuration } from '@/lib/format';
import { messageOf } from '@/lib/problem';
import { useWait } from '@/lib/use-wait';

import classes from './form-fault.module.css';
import { IconAlertTriangle } from './icons';

const nbsp = '\u00a0';

interface FormFaultProps {
  error: Error | null;
  /** What helps against it. */
  children?: ReactNode;
}

/** A failure that belongs to a whole form, with the time to wait if there is one. */
export function FormFault({ error, children }: FormFaultProps) {
  const wait = useWait(error);
  if (error === null) return null;
  return (
    <div className={classes.fault} role="alert">
      <IconAlertTriangle size={18} aria-hidden="true" />
      <div>
        {messageOf(error)}
        {/* Not read out at each second. */}
        {wait > 0 && <span aria-live="off"> You can try again in {formatDuration(wait).replaceAll(' ', nbsp)}.</span>}
        {children !== undefined && <div className={classes.help}>{children}</div>}
      </div>
    </div>
  );
}
