import { lazy, Suspense, type ReactNode } from 'react';

// It is there before anyone can ask for it, and the page doesn't wait for it.
const ConfirmModal = lazy(() => import('./confirm-form').then((part) => ({ default: part.ConfirmModal })));

export interface ConfirmDialogProps {
  opened: boolean;
  title: string;
  /** What happens on confirmation, in full sentences. */
  children: ReactNode;
  /** Inputs below the text. */
  fields?: ReactNode;
  confirmLabel: string;
  /** The button that changes nothing. */
  dismissLabel?: string;
  /** The text to type before the button works, for acts that can't be undone. */
  typed?: string;
  danger?: boolean;
  busy?: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before a dangerous act. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  return (
    <Suspense fallback={null}>
      <ConfirmModal {...props} />
    </Suspense>
  );
}
