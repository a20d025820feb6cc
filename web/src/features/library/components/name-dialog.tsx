import { lazy, Suspense } from 'react';

import type { NameDialogProps } from './name-form';

// It is there before anyone can ask for it, and the page doesn't wait for it.
const NameModal = lazy(() => import('./name-form').then((part) => ({ default: part.NameModal })));

/** Asks for the name of a file or a folder. */
export function NameDialog(props: NameDialogProps) {
  return (
    <Suspense fallback={null}>
      <NameModal {...props} />
    </Suspense>
  );
}
