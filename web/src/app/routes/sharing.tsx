import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { SharedPicked, ShareItem } from '@/api/model';
import { IconShare } from '@/components/icons';
import { configQuery } from '@/features/auth/api';
import type { ShareTarget } from '@/features/shares/components/share-dialog';
import { useFeature } from '@/lib/features';

import '../messages/catalogue';

// The dialog is rarely opened, so that pages don't load it.
const ShareDialog = lazy(async () => ({ default: (await import('@/features/shares/components/share-dialog')).ShareDialog }));

interface Sharing {
  /** Asks how to share, and shares; undefined where sharing is off. */
  share: ((items: ShareItem[], name: string) => void) | undefined;
  /** The same for files and folders of the library. */
  sharePicked: ((picked: SharedPicked, name: string) => void) | undefined;
  /** Place it on the page. */
  dialog: ReactNode;
}

/** Sharing for the pages on which files are. */
export function useSharing(): Sharing {
  const allowed = useFeature('shares');
  const [target, setTarget] = useState<ShareTarget>();
  const [asked, setAsked] = useState(false);
  // The dialog is open when it is loaded first, so that it does not know which button opened it.
  const opener = useRef<Element | null>(null);
  const { data: config } = useQuery(configQuery());
  const close = () => {
    setTarget(undefined);
    if (opener.current instanceof HTMLElement) opener.current.focus();
  };
  if (!allowed || !config) return { share: undefined, sharePicked: undefined, dialog: null };
  const ask = (next: ShareTarget) => {
    opener.current = document.activeElement;
    setAsked(true);
    setTarget(next);
  };
  return {
    share: (items, name) => ask({ of: { items }, name }),
    sharePicked: (picked, name) => ask({ of: { picked }, name }),
    dialog: asked && (
      <Suspense>
        <ShareDialog target={target} maxDays={config.limits.maxShareDays} onClose={close} />
      </Suspense>
    ),
  };
}

/** The button that shares what a page shows. */
export function ShareButton({ onClick }: { onClick: () => void }) {
  const { t } = useTranslation('app');
  return (
    <Button variant="default" leftSection={<IconShare size={17} />} onClick={onClick}>
      {t('sharing.share')}
    </Button>
  );
}
