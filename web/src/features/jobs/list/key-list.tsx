import { Kbd, Modal } from '@mantine/core';
import { useMounted } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';

import { text } from '@/lib/messages';

import classes from './key-help.module.css';
import './messages/catalogue';

const keys = [
  [text('list:keyList.ctrlK'), 'keyPalette'],
  ['/', 'keySearch'],
  ['n', 'keyAdd'],
  ['↑ ↓', 'keyMove'],
  ['x', 'keySelect'],
  [text('list:keyList.enter'), 'keyOpen'],
  ['?', 'keyHelp'],
] as const;

interface KeyListProps {
  opened: boolean;
  onClose: () => void;
}

/** Lists the keys of the downloads page. */
export function KeyList({ opened, onClose }: KeyListProps) {
  const { t } = useTranslation('list');
  const mounted = useMounted();
  return (
    // A modal that is open from its first moment doesn't know where the focus was, to give it back.
    <Modal opened={opened && mounted} onClose={onClose} title={t('keys')} size="sm">
      <dl className={classes.keys}>
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt>
              <Kbd>{key}</Kbd>
            </dt>
            <dd>{t(what)}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
