import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { IconRefresh, IconWifiOff } from '@/components/icons';
import { Notice } from '@/components/notice';
import { Page } from '@/components/page';
import { firstReload, serverAnswers } from '@/lib/missing-part';

import '../messages/catalogue';

/** Loads the page again; a property, so that tests can watch it. */
export const browser = { reload: () => globalThis.location.reload() };

type Fault = 'unreachable' | 'broken';

/** Reloads the page, or returns why not. */
async function load(mayReload: () => boolean): Promise<Fault | undefined> {
  if (!(await serverAnswers())) return 'unreachable';
  if (!mayReload()) return 'broken';
  browser.reload();
  return undefined;
}

/**
 * Replaces a page whose part did not load: reloads once, which is all that a new release takes, and else explains. It
 * does not reload while the server cannot be reached, as the browser would then show its own error.
 */
export function MissingPart() {
  const { t } = useTranslation('app');
  const [fault, setFault] = useState<Fault>();
  useEffect(() => {
    const again = () => void load(firstReload).then(setFault);
    again();
    globalThis.addEventListener('online', again);
    return () => globalThis.removeEventListener('online', again);
  }, []);
  return (
    <Page title={t('part.title')} quietTitle>
      {fault && (
        <Notice
          icon={fault === 'unreachable' ? IconWifiOff : IconRefresh}
          title={t(`part.${fault}.title`)}
          tone="bad"
          action={
            <Button leftSection={<IconRefresh size={16} />} onClick={() => void load(() => true).then(setFault)}>
              {t('part.reload')}
            </Button>
          }
        >
          {t(`part.${fault}.text`)}
        </Notice>
      )}
    </Page>
  );
}
