import { Button, Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import type { OwnedJob } from '@/api/model';
import { IconAlertTriangle, IconCircleCheck } from '@/components/icons';
import { formatCount } from '@/lib/format';
import type { Outcome } from '@/lib/in-lines';
import { messageOf } from '@/lib/problem';

import { nameOf } from '../state';
import './messages/catalogue';
import classes from './everybody.module.css';

interface ResultDialogProps {
  /** What was started, in a sentence. */
  started: string;
  outcome: Outcome<OwnedJob> | undefined;
  onClose: () => void;
}

/** What became of an act on several downloads: those that refused it first, each with why. */
export function ResultDialog({ started, outcome, onClose }: ResultDialogProps) {
  const { t } = useTranslation('everybody');
  const { succeeded = [], failed = [] } = outcome ?? {};
  return (
    <Modal opened={outcome !== undefined} onClose={onClose} title={failed.length === 0 ? t('resultDialog.done') : t('resultDialog.couldntChangeDownloads', { count: failed.length, number: formatCount(failed.length) })} size="md">
      {succeeded.length > 0 && <p className={classes.lead}>{started}</p>}
      {/* A scrolling region with nothing focusable in it must be focusable. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <ul className={classes.results} aria-label={t('resultDialog.results')} tabIndex={0}>
        {failed.map(({ item, error }) => (
          <li key={item.id} data-tone="bad">
            <IconAlertTriangle size={16} aria-label={t('resultDialog.refused')} />
            <div>
              <p>{nameOf(item)}</p>
              <p className={classes.faint}>{messageOf(error)}</p>
            </div>
          </li>
        ))}
        {succeeded.map((job) => (
          <li key={job.id} data-tone="ok">
            <IconCircleCheck size={16} aria-label={t('resultDialog.done')} />
            <p>{nameOf(job)}</p>
          </li>
        ))}
      </ul>
      <div className={classes.buttons}>
        <Button onClick={onClose} data-autofocus>
          {t('resultDialog.close')}
        </Button>
      </div>
    </Modal>
  );
}
