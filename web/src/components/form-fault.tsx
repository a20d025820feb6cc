import { useEffect, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { formatDuration } from '@/lib/format';
import { messageOf } from '@/lib/problem';
import { useWait } from '@/lib/use-wait';

import './messages/catalogue';
import classes from './form-fault.module.css';
import { IconAlertTriangle } from './icons';

const nbsp = '\u00a0';

interface FormFaultProps {
  error: Error | null;
  /** What the user can do about it. */
  children?: ReactNode;
}

/** The failure of a whole form, with a countdown if the server asks to wait. */
export function FormFault({ error, children }: FormFaultProps) {
  const { t } = useTranslation('components');
  const wait = useWait(error);
  const fault = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // A button that was pressed loses the focus while its form is busy.
    if (error !== null && document.activeElement === document.body) fault.current?.focus();
  }, [error]);
  if (error === null) return null;
  return (
    <div className={classes.fault} role="alert" ref={fault} tabIndex={-1}>
      <IconAlertTriangle size={18} aria-hidden="true" />
      <div>
        {messageOf(error)}
        {/* Not announced every second. */}
        {wait > 0 && <span aria-live="off"> {t('formFault.tryAgainIn', { value: formatDuration(wait).replaceAll(' ', nbsp) })}</span>}
        {children !== undefined && <div className={classes.help}>{children}</div>}
      </div>
    </div>
  );
}
