import { browser } from 'wxt/browser';

import type messages from '../public/_locales/en/messages.json';

/** The name of a text in the catalogue, _locales/en/messages.json. */
export type TextKey = keyof typeof messages;

/** Returns a text of the catalogue with values in the places $1, $2. */
export function text(key: TextKey, ...values: string[]): string {
  return browser.i18n.getMessage(key, values);
}
