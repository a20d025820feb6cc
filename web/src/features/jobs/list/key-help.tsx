import { Kbd, Modal } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import classes from './key-help.module.css';
import './messages/catalogue';
import { useListKeys } from './use-list-keys';

const keys = [
  ['Ctrl K', 'keyPalette'],
  ['/', 'keySearch'],
  ['n', 'keyAdd'],
  ['↑ ↓', 'keyMove'],
  ['x', 'keySelect'],
  ['Enter', 'keyOpen'],
  ['?', 'keyHelp'],
] as const;

/** The page's keys, and the list of them that one of the keys opens. */
export function KeyHelp() {
  const { t } = useTranslation('list');
  const [opened, setOpened] = useState(false);
  useListKeys(() => setOpened(true));
  return (
    <Modal opened={opened} onClose={() => setOpened(false)} title={t('keys')} size="sm">
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
