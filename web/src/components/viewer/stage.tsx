import { Button, Skeleton } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { IconAlertTriangle, IconRefresh } from '../icons';
import { Notice } from '../notice';
import './messages/catalogue';
import { shownAs, type Shown } from './shown';
import { NfoStage, TextStage } from './text-stage';
import classes from './viewer.module.css';

// Each of these brings a library that most pages don't need.
const CodeStage = lazy(() => import('./code-stage').then((module) => ({ default: module.CodeStage })));
const MarkdownStage = lazy(() => import('./markdown-stage').then((module) => ({ default: module.MarkdownStage })));
const PdfStage = lazy(() => import('./pdf-stage').then((module) => ({ default: module.PdfStage })));

interface StageProps {
  file: Shown;
  url: string;
  /** Called to get a new link when the old one stopped working. */
  onBroken: () => void;
}

/** The file itself, shown in the way that fits its kind. Nothing of it runs: text and documents become elements of the page, and pictures and films come from the files origin. */
export function Stage({ file, url, onBroken }: StageProps) {
  const [broken, setBroken] = useState(false);
  if (broken) {
    const again = () => {
      setBroken(false);
      onBroken();
    };
    return <Broken onAgain={again} />;
  }
  return (
    <Suspense fallback={<Skeleton height={320} radius="lg" />}>
      <Content file={file} url={url} onFailed={() => setBroken(true)} />
    </Suspense>
  );
}

function Content({ file, url, onFailed }: { file: Shown; url: string; onFailed: () => void }) {
  const { t } = useTranslation('viewer');
  switch (shownAs(file)) {
    case 'video':
      return (
        <div className={classes.stage} data-kind="video">
          {/* Users' files have no caption tracks. */}
          {/* eslint-disable-next-line jsx-a11y/media-has-caption */}
          <video src={url} controls autoPlay playsInline preload="metadata" aria-label={file.name} onError={onFailed} />
        </div>
      );
    case 'audio':
      return (
        <div className={classes.stage}>
          {/* eslint-disable-next-line jsx-a11y/media-has-caption */}
          <audio src={url} controls autoPlay preload="metadata" aria-label={file.name} onError={onFailed} />
        </div>
      );
    case 'image':
      return (
        <div className={classes.stage} data-kind="image">
          <img src={url} alt={file.name} onError={onFailed} />
        </div>
      );
    case 'pdf':
      return <PdfStage file={file} url={url} />;
    case 'markdown':
      return <MarkdownStage file={file} url={url} />;
    case 'nfo':
      return <NfoStage file={file} url={url} />;
    case 'code':
      return <CodeStage file={file} url={url} />;
    case 'text':
      return <TextStage file={file} url={url} />;
    default:
      return (
        <Notice icon={IconAlertTriangle} title={t('stage.noPreview')}>
          {t('stage.thisFileType')}
        </Notice>
      );
  }
}

function Broken({ onAgain }: { onAgain: () => void }) {
  const { t } = useTranslation('viewer');
  return (
    <Notice
      icon={IconAlertTriangle}
      tone="bad"
      title={t('stage.thisBrowserCant')}
      action={
        <Button variant="default" leftSection={<IconRefresh size={16} />} onClick={onAgain}>
          {t('stage.tryAgain')}
        </Button>
      }
    >
      {t('stage.theBrowserMay')}
    </Notice>
  );
}
