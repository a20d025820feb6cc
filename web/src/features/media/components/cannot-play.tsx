import { Button } from '@mantine/core';
import { use } from 'react';
import { useTranslation } from 'react-i18next';

import { IconMovie, IconRefresh } from '@/components/icons';
import { Notice } from '@/components/notice';

import { AccessContext } from '../access';
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
  const { saves } = use(AccessContext);
  const why = () => {
    switch (reason.kind) {
      case 'codec':
        return t(saves ? 'reasonCodec' : 'reasonCodecHere', { codec: reason.codec });
      case 'server':
        return reason.why;
      case 'streams':
        return t(saves ? 'reasonStreams' : 'reasonStreamsHere');
      case 'empty':
        return t('reasonEmpty');
      default:
        return `${t(saves ? 'reasonFailed' : 'reasonFailedHere')} ${reason.because}`.trim();
    }
  };
  return (
    <Notice
      icon={IconMovie}
      title={t('cannotPlay')}
      action={
        <>
          {saves && <OpenInButtons file={file} duration={duration} />}
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
