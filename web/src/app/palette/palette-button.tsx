import { ActionIcon } from '@mantine/core';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { IconSearch } from '@/components/icons';

import '../shell/messages/catalogue';
import type { PaletteProps } from './palette';

const Palette = lazy(() => import('./palette').then((part) => ({ default: part.Palette })));

/** Opens the palette by a click or Ctrl-K (⌘K), and loads it with the first. */
export function PaletteButton(props: Omit<PaletteProps, 'asked'>) {
  const { t } = useTranslation('shell');
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || event.ctrlKey === event.metaKey || event.altKey || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      setAsked((times) => times + 1);
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
  return (
    <>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={36}
        radius="xl"
        aria-label={t('shell.searchAndCommands')}
        aria-keyshortcuts="Control+K"
        onClick={() => setAsked((times) => times + 1)}
      >
        <IconSearch size={20} stroke={1.6} />
      </ActionIcon>
      {asked > 0 && (
        <Suspense fallback={null}>
          <Palette {...props} asked={asked} />
        </Suspense>
      )}
    </>
  );
}
