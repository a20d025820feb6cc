import { lazy, Suspense, useState } from 'react';

import { useListKeys } from './use-list-keys';

const KeyList = lazy(() => import('./key-list').then((part) => ({ default: part.KeyList })));

/** The page's keys, and the list of them that one of the keys opens. */
export function KeyHelp() {
  const [opened, setOpened] = useState(false);
  useListKeys(() => setOpened(true));
  return (
    <Suspense fallback={null}>
      <KeyList opened={opened} onClose={() => setOpened(false)} />
    </Suspense>
  );
}
