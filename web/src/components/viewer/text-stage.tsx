import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { formatBytes } from '@/lib/format';

import { ErrorNotice } from '../notice';
import './messages/catalogue';
import type { Shown } from './shown';
import { readNfo, readText, startQuery, textPreviewBytes } from './text';
import classes from './viewer.module.css';

interface WithTextProps {
  file: Shown;
  url: string;
  read: (bytes: ArrayBuffer) => string;
  children: (text: string) => ReactNode;
}

/** Loads the start of a file as text, and says so if there is more. */
export function WithText({ file, url, read, children }: WithTextProps) {
  const { t } = useTranslation('viewer');
  const { data, error, refetch } = useQuery(startQuery(file.id, url));
  const text = useMemo(() => (data ? read(data) : undefined), [data, read]);
  if (error) return <ErrorNotice error={error} title={t('textStage.couldntLoadThe')} retry={() => void refetch()} />;
  if (text === undefined) return <Skeleton height={320} radius="lg" />;
  return (
    <>
      <div className={classes.stage}>{children(text)}</div>
      {file.size > textPreviewBytes && (
        <p className={classes.cut}>
          {t('textStage.showingTheFirst', { textPreviewBytes: formatBytes(textPreviewBytes), size: formatBytes(file.size) })}
        </p>
      )}
    </>
  );
}

interface PreProps {
  label: string;
  kind?: 'nfo' | 'code';
  children: ReactNode;
}

/** A box of text that scrolls. */
export function Pre({ label, kind, children }: PreProps) {
  return (
    // A scrolling region with nothing focusable in it must be focusable.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <pre tabIndex={0} aria-label={label} data-kind={kind}>
      {children}
    </pre>
  );
}

/** A plain text file. */
export function TextStage({ file, url }: { file: Shown; url: string }) {
  return (
    <WithText file={file} url={url} read={readText}>
      {(text) => <Pre label={file.name}>{text}</Pre>}
    </WithText>
  );
}

/** An .nfo file, whose drawings need their own characters and no wrapping. */
export function NfoStage({ file, url }: { file: Shown; url: string }) {
  return (
    <WithText file={file} url={url} read={readNfo}>
      {(text) => (
        <Pre label={file.name} kind="nfo">
          {text}
        </Pre>
      )}
    </WithText>
  );
}
