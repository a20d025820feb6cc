import { browser } from 'wxt/browser';

import { sourceOf } from './source';

/** What a page has to offer. */
export interface Found {
  source: string;
  /** What the user reads. It comes from the page: text and nothing else. */
  name: string;
  /** The text that names it. */
  kind: 'kindMagnet' | 'kindTorrent' | 'kindHash';
}

/** The links of a page that are listed, and how many more there are. */
export interface Scan {
  found: Found[];
  more: number;
}

/** How many links of a page are listed at most. */
export const mostFound = 500;

/**
 * Collects candidates in a page. It is sent there as text, so it has all that it needs in itself. Pages can give forms
 * and pictures names that hide the document's own methods; it takes those from the prototype.
 */
export function candidatesOfPage(): { links: string[]; hashes: string[] } {
  const most = 20_000;
  const longestText = 2_000_000;
  const links = new Set<string>();
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- through call, the rule sees only the overload of old tags
  for (const link of Document.prototype.querySelectorAll.call<Document, [string], NodeListOf<HTMLAnchorElement>>(document, 'a[href], area[href]')) {
    if (links.size >= most) break;
    const { href } = link;
    if (/^magnet:\?/i.test(href) || /^https?:[^?#]*\.torrent(?:[?#]|$)/i.test(href)) links.add(href);
  }
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- as above
  const body = Document.prototype.querySelector.call<Document, [string], HTMLElement | null>(document, 'body');
  const hashes = new Set((body?.innerText ?? '').slice(0, longestText).match(/\b[\da-f]{40}\b/gi));
  return { links: [...links], hashes: [...hashes].slice(0, most) };
}

function fileNameOf(address: string): string {
  const last = new URL(address).pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

function nameOf(source: string, kind: Found['kind']): string {
  if (kind === 'kindTorrent') return `${fileNameOf(source)} (${new URL(source).host})`;
  const name = new URLSearchParams(source.slice('magnet:?'.length)).get('dn');
  return (name === null || name === '' ? source : name).slice(0, 300);
}

/** Reads candidates, which a page may have made up: each source once, bounded, and nothing that can't be sent. */
export function foundIn({ links, hashes }: { links: string[]; hashes: string[] }): Scan {
  const found = new Map<string, Found>();
  const add = (candidate: string, kind: Found['kind']) => {
    const source = sourceOf(candidate);
    if (source !== undefined) found.set(source, { source, kind, name: kind === 'kindHash' ? candidate : nameOf(source, kind) });
  };
  for (const link of links) add(link, /^magnet:/i.test(link) ? 'kindMagnet' : 'kindTorrent');
  const known = new Set(links.flatMap((link) => /btih:([\da-f]{40})/i.exec(link)?.[1]?.toLowerCase() ?? []));
  for (const hash of hashes) if (!known.has(hash.toLowerCase())) add(hash.toLowerCase(), 'kindHash');
  const all = [...found.values()];
  return { found: all.slice(0, mostFound), more: Math.max(0, all.length - mostFound) };
}

/** Reads the page that the user looks at, once. The browser allows it because the user opened the popup there. */
export async function scanPage(): Promise<Scan> {
  const [tab] = await browser.tabs.query({ active: true, currentWindow: true });
  if (tab?.id === undefined) throw new Error('there is no page');
  const [answer] = await browser.scripting.executeScript({ target: { tabId: tab.id }, func: candidatesOfPage });
  if (!answer?.result) throw new Error('the page gave nothing');
  return foundIn(answer.result);
}
