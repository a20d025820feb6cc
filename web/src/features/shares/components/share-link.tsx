import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import type { Share } from '@/api/model';
import { IconLink, IconShare } from '@/components/icons';
import { toastDone, toastFailed } from '@/components/toast';

import '../messages/catalogue';

/** Copies the link to a share. */
export function CopyShareLink({ share, filled = false }: { share: Share; filled?: boolean }) {
  const { t } = useTranslation('shares');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(share.url);
      toastDone(t('copied'));
    } catch (error) {
      toastFailed(t('copyFailed'), error);
    }
  };
  return (
    <Button
      variant={filled ? 'filled' : 'default'}
      size={filled ? undefined : 'compact-sm'}
      leftSection={<IconLink size={16} />}
      aria-label={filled ? undefined : `${t('copy')}: ${share.name}`}
      onClick={() => void copy()}
    >
      {t('copy')}
    </Button>
  );
}

/** Hands the link to another app of the phone, where the browser can. */
export function SendShareLink({ share }: { share: Share }) {
  const { t } = useTranslation('shares');
  if (!('share' in navigator)) return null;
  const hand = () => {
    // A person who closes the phone's list of apps has not met a fault.
    navigator.share({ title: share.name, url: share.url }).catch(() => undefined);
  };
  return (
    <Button variant="default" leftSection={<IconShare size={16} />} onClick={hand}>
      {t('send')}
    </Button>
  );
}
