import { Button, CopyButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import { IconCheck, IconCopy, IconDownload } from '@/components/icons';
import { useFirstFocus } from '@/lib/use-first-focus';

import '../messages/catalogue';
import classes from './settings.module.css';

interface SecretBoxProps {
  label: string;
  value: string;
  /** Offers the value as a text file under this name. */
  fileName?: string;
  /** It replaces a form, so it takes the focus. */
  focused?: boolean;
}

/** A secret that is shown only once, with buttons to keep it. */
export function SecretBox({ label, value, fileName, focused = false }: SecretBoxProps) {
  const { t } = useTranslation('settings');
  const box = useFirstFocus<HTMLPreElement>(focused);
  return (
    <div className={classes.secretbox}>
      {/* A scrolling region with nothing focusable in it must be focusable. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre ref={box} className={classes.secret} tabIndex={0} aria-label={label}>
        {value}
      </pre>
      <div className={classes.row}>
        <CopyButton value={value}>
          {({ copied, copy }) => (
            <Button size="compact-sm" variant="default" leftSection={copied ? <IconCheck size={15} /> : <IconCopy size={15} />} onClick={copy}>
              {copied ? t('secretBox.copied') : t('secretBox.copy')}
            </Button>
          )}
        </CopyButton>
        {fileName !== undefined && (
          <Button size="compact-sm" variant="default" leftSection={<IconDownload size={15} />} onClick={() => save(fileName, value)}>
            {t('secretBox.saveAsFile')}
          </Button>
        )}
      </div>
    </div>
  );
}

function save(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([`${text}\n`], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
