import { Button, CopyButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { IconCheck, IconCopy } from '@/components/icons';
import { useFirstFocus } from '@/lib/use-first-focus';

import './messages/catalogue';
import classes from './shown-once.module.css';

interface ShownOnceProps {
  /** What to do with it, and how long it works. */
  children: ReactNode;
  /** Names the value for screen readers. */
  label: string;
  value: string;
  copyLabel: string;
  onDone: () => void;
}

/** The last step of a dialog: a secret that is shown only once. */
export function ShownOnce({ children, label, value, copyLabel, onDone }: ShownOnceProps) {
  const { t } = useTranslation('components');
  const box = useFirstFocus<HTMLPreElement>(); // the form that had focus is gone
  return (
    <div className={classes.shown}>
      <p className={classes.note}>{children}</p>
      {/* A scrolling region with nothing focusable in it must be focusable. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre ref={box} className={classes.value} tabIndex={0} aria-label={label}>
        {value}
      </pre>
      <div className={classes.buttons}>
        <CopyButton value={value}>
          {({ copied, copy }) => (
            <Button leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />} onClick={copy}>
              {copied ? t('shownOnce.copied') : copyLabel}
            </Button>
          )}
        </CopyButton>
        <Button variant="default" onClick={onDone}>
          {t('shownOnce.done')}
        </Button>
      </div>
    </div>
  );
}
