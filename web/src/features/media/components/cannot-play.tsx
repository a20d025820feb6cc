import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import { IconMovie, IconRefresh } from '@/components/icons';
import { Notice } from '@/components/notice';

import type { Reason } from '../decide';
import '../messages/catalogue';
import { OpenInButtons } from './open-in';
import classes from './media.module.css';

interface CannotPlayProps {
  file: { id: string; name: string };
  duration: number;
  reason: Reason | { kind: 'failed'; because: string };
  onAgain?: () => void;
}

/** Says why this browser can't play a file, and what can. */
export function CannotPlay({ file, duration, reason, onAgain }: CannotPlayProps) {
  const { t } = useTranslation('media');
  const why = () => {
    switch (reason.kind) {
      case 'codec':
        return t('reasonCodec', { codec: reason.codec });
      case 'server':
        return reason.why;
      case 'streams':
        return t('reasonStreams');
      case 'empty':
        return t('reasonEmpty');
      default:
        return `${t('reasonFailed')} ${reason.because}`.trim();
    }
  };
  return (
    <Notice
      icon={IconMovie}
      title={t('cannotPlay')}
      action={
        <>
          <OpenInButtons file={file} duration={duration} />
          {onAgain && (
            <Button variant="subtle" leftSection={<IconRefresh size={16} />} className={classes.again} onClick={onAgain}>
              {t('tryAgain')}
            </Button>
          )}
        </>
      }
    >
      {why()}
    </Notice>
  );
}
