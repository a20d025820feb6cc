import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { QueryClient } from '@tanstack/react-query';

import { formatDate } from '@/lib/format';
import { text } from '@/lib/messages';
import { ProblemError } from '@/lib/problem';
import { refreshTrash, restoreTrashed } from '@/lib/trash/api';
import '@/lib/trash/messages/catalogue';

import { IconTrash } from './icons';
import { toastDone, toastFailed } from './toast';
import classes from './undo-toast.module.css';

interface Trashed {
  /** What was deleted, as it reads in a sentence. */
  what: string;
  /** The ids that bring it back. */
  ids: readonly string[];
  /** When it goes for good. */
  until: string;
}

const shownFor = 12_000;

/** Brings deleted downloads and files back, and reports the outcome. */
export async function restoreAndTell(client: QueryClient, what: string, ids: readonly string[]): Promise<void> {
  try {
    const refused = await restoreTrashed(ids);
    if (refused.length < ids.length) toastDone(ids.length === 1 ? text('deletion:restoredOne', { what }) : text('deletion:restored', { count: ids.length - refused.length }));
    const first = refused[0];
    if (first) toastFailed(text(ids.length === 1 ? 'deletion:failed' : 'deletion:refused'), new ProblemError(409, first.code, first.detail));
  } catch (error) {
    toastFailed(text('deletion:failed'), error);
  }
  refreshTrash(client);
}

/** Says that something is in the trash, with a button that brings it back. */
export function toastTrashed(client: QueryClient, { what, ids, until }: Trashed): void {
  const id = `trashed-${ids[0] ?? ''}`;
  const undo = () => {
    notifications.hide(id);
    void restoreAndTell(client, what, ids);
  };
  notifications.show({
    id,
    icon: <IconTrash size={16} />,
    color: 'gray',
    autoClose: shownFor,
    closeButtonProps: { 'aria-label': text('deletion:close') },
    message: (
      <div className={classes.toast}>
        <div>
          <p className={classes.text}>{text('deletion:trashed', { what })}</p>
          <p className={classes.note}>{text('deletion:counts', { when: formatDate(until) })}</p>
        </div>
        <Button size="compact-sm" variant="default" className={classes.undo} onClick={undo}>
          {text('deletion:undo')}
        </Button>
      </div>
    ),
  });
}
