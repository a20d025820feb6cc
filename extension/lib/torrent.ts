import { browser } from 'wxt/browser';

import { permissionFor } from './connect';
import { text } from './text';

/** The longest torrent file that a server takes. */
const longest = 10 * 1024 * 1024;

const patience = 30_000;

/** Why a torrent file can't be sent, as the user is told. */
export class TorrentFault extends Error {
  constructor(
    readonly title: string,
    readonly detail: string,
  ) {
    super(title);
  }
}

/** Asks for access to the sites of addresses. Called first of all in a click, because browsers ask only there. */
export async function askForSites(addresses: string[]): Promise<void> {
  const origins = [...new Set(addresses.flatMap((address) => permissionFor(address).origins))];
  await browser.permissions.request({ origins }).catch(() => false); // what is allowed counts, not what was answered
}

/** Fetches a torrent file as the user, with their cookies of that site, if they allow it. */
export async function fetchTorrent(address: string): Promise<Blob> {
  const { host } = new URL(address);
  if (!(await browser.permissions.contains(permissionFor(address)))) throw new TorrentFault(text('torrentNoAccess', host), text('torrentNoAccessDetail'));
  const response = await fetch(address, { credentials: 'include', cache: 'no-store', signal: AbortSignal.timeout(patience) }).catch((error: unknown) => {
    // Without a network it is tried again with the rest.
    throw navigator.onLine ? new TorrentFault(text('torrentFailed'), text('torrentUnreachable', host)) : error;
  });
  if (!response.ok) throw new TorrentFault(text('torrentFailed'), text('torrentStatus', host, String(response.status)));
  const bytes = await read(response, host);
  if (isTorrent(bytes)) return new Blob([bytes], { type: 'application/x-bittorrent' });
  if (/\bhtml\b/i.test(response.headers.get('Content-Type') ?? '')) throw new TorrentFault(text('torrentPage', host), text('torrentPageDetail'));
  throw new TorrentFault(text('torrentStrange', host), text('torrentStrangeDetail'));
}

/** Reads an answer and stops where it is longer than any torrent file. */
async function read(response: Response, host: string): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const part = await reader?.read().catch(() => {
      throw new TorrentFault(text('torrentFailed'), text('torrentUnreachable', host));
    });
    if (!part?.value) return new Uint8Array(await new Blob(parts).arrayBuffer());
    size += part.value.length;
    if (size > longest) {
      void reader?.cancel().catch(() => undefined);
      throw new TorrentFault(text('torrentTooLarge'), text('torrentTooLargeDetail'));
    }
    parts.push(part.value);
  }
}

/** Reports whether bytes look like a bencoded dictionary with an info dictionary. The server looks closer. */
function isTorrent(bytes: Uint8Array): boolean {
  const content = new TextDecoder('latin1').decode(bytes);
  return /^d\d/.test(content) && content.includes('4:infod');
}
