import { notifications } from '@mantine/notifications';

import { messageOf } from '@/lib/problem';

import { IconCheck, IconX } from './icons';

/** Reports a success. */
export function toastDone(message: string): void {
  notifications.show({ message, color: 'teal', icon: <IconCheck size={16} />, autoClose: 4_000 });
}

/** Reports a failure, with the server's message. */
export function toastFailed(title: string, error: unknown): void {
  notifications.show({ title, message: messageOf(error), color: 'red', icon: <IconX size={16} />, autoClose: 9_000 });
}
