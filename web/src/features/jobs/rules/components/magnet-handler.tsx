import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import { toastDone, toastFailed } from '@/components/toast';

import '../messages/catalogue';

/** Asks the browser to open magnet links with this app. */
export function MagnetHandler() {
  const { t } = useTranslation('rules');
  const register = () => {
    try {
      navigator.registerProtocolHandler('magnet', `${globalThis.location.origin}/?add=%s`);
      toastDone(t('magnetsAsked'));
    } catch (error) {
      toastFailed(t('magnetsFailed'), error);
    }
  };
  return (
    <div>
      <Button variant="default" onClick={register}>
        {t('magnetsButton')}
      </Button>
    </div>
  );
}
