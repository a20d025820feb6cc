import { Button, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import type { JobFile } from '@/api/model';
import { IconAlertTriangle, IconRefresh } from '@/components/icons';
import { ErrorNotice, Notice } from '@/components/notice';
import { baseName, fileKind } from '@/lib/file-kind';
import { formatBytes } from '@/lib/format';

import { textPreviewBytes, textQuery } from '../api';
import classes from './files.module.css';

interface StageProps {
  file: JobFile;
  url: string;
  /** Called to get a new link when the old one stopped working. */
  onBroken: () => void;
}

/** The file itself, shown in the way that fits its kind. */
export function Stage({ file, url, onBroken }: StageProps) {
  const [broken, setBroken] = useState(false);
  const kind = fileKind(file);
  const name = baseName(file.path);
  if (broken) {
    return (
      <Notice
        icon={IconAlertTriangle}
        tone="bad"
        title="This browser can't play the file"
        action={
          <Button
            variant="default"
            leftSection={<IconRefresh size={16} />}
            onClick={() => {
              setBroken(false);
              onBroken();
            }}
          >
            Try again
          </Button>
        }
      >
        The browser may not support its format, or the link has expired. Download it, or open the link in a player such as VLC or mpv.
      </Notice>
    );
  }
  const failed = () => setBroken(true);
  switch (kind) {
    case 'video':
      return (
        <div className={classes.stage} data-kind="video">
          {/* Users' files have no caption tracks. */}
          {/* eslint-disable-next-line jsx-a11y/media-has-caption */}
          <video src={url} controls autoPlay playsInline preload="metadata" aria-label={name} onError={failed} />
        </div>
      );
    case 'audio':
      return (
        <div className={classes.stage}>
          {/* eslint-disable-next-line jsx-a11y/media-has-caption */}
          <audio src={url} controls autoPlay preload="metadata" aria-label={name} onError={failed} />
        </div>
      );
    case 'image':
      return (
        <div className={classes.stage}>
          <img src={url} alt={name} onError={failed} />
        </div>
      );
    case 'text':
      return <TextStage file={file} url={url} />;
    default:
      return (
        <Notice icon={IconAlertTriangle} title="No preview">
          This file type has no preview. Download it to open it.
        </Notice>
      );
  }
}

function TextStage({ file, url }: { file: JobFile; url: string }) {
  const { data: text, error, refetch } = useQuery(textQuery(file.id, url));
  if (error) return <ErrorNotice error={error} title="Couldn't load the text" retry={() => void refetch()} />;
  if (text === undefined) return <Skeleton height={320} radius="lg" />;
  return (
    <>
      <div className={classes.stage}>
        {/* A scrolling region with nothing focusable in it must be focusable. */}
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
        <pre tabIndex={0} aria-label={baseName(file.path)}>
          {text}
        </pre>
      </div>
      {file.size > textPreviewBytes && (
        <p className={classes.cut}>
          Showing the first {formatBytes(textPreviewBytes)} of {formatBytes(file.size)}.
        </p>
      )}
    </>
  );
}
