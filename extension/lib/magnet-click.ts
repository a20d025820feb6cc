import type { Browser } from 'wxt/browser';
import { browser } from 'wxt/browser';

import { sourceOf } from './source';

/** What became of a click. Off: the click is not ours, and the browser does what it does without us. */
export type Outcome = 'sent' | 'waiting' | 'kept' | 'refused' | 'off';

/** What the script in a page says when the user clicked on a magnet link. */
export interface MagnetClick {
  magnet: string;
}

type Link = HTMLAnchorElement | HTMLAreaElement;

/** Returns the magnet link that the user clicked on, undefined for all other clicks: those of scripts, and those that ask for a new tab or a menu. */
export function clickedMagnet(event: MouseEvent): string | undefined {
  if (!event.isTrusted || event.defaultPrevented || event.button !== 0) return undefined;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return undefined;
  const link = event.composedPath().find((each): each is Link => each instanceof HTMLAnchorElement || each instanceof HTMLAreaElement);
  const source = sourceOf(link?.href ?? '');
  return source?.toLowerCase().startsWith('magnet:') ? source : undefined;
}

/** Returns the magnet link that the script of this extension says was clicked in the main frame of a tab, undefined for all else. */
export function heardMagnet(message: unknown, { id, tab, frameId, url }: Browser.runtime.MessageSender): string | undefined {
  if (id !== browser.runtime.id || tab?.id === undefined || frameId !== 0 || !/^https?:/.test(url ?? '')) return undefined;
  if (typeof message !== 'object' || message === null || Object.keys(message).join() !== 'magnet') return undefined;
  const { magnet } = message as Partial<Record<string, unknown>>;
  const source = typeof magnet === 'string' ? sourceOf(magnet) : undefined;
  return source === magnet && source?.toLowerCase().startsWith('magnet:') ? source : undefined;
}
