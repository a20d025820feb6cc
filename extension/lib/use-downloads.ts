import { useEffect, useState } from 'preact/hooks';

import { apply, readDownloads, type Downloads } from './downloads';
import { follow, pauseFor } from './events';
import { keepRevoked, type Connection } from './state';

/** The account's downloads as they change. */
export interface Live {
  /** Undefined until they are read. */
  downloads: Downloads | undefined;
  /** The server can't be reached; it is tried again. */
  lost: boolean;
}

// The stream is open, but the list could not be read.
const readAgain = 5_000;

/** Follows the account's downloads while the page is open. */
export function useDownloads(connection: Connection | undefined): Live {
  const [live, setLive] = useState<Live>({ downloads: undefined, lost: false });
  const usable = connection && !connection.revoked ? connection : undefined;
  const key = usable && `${usable.server} ${usable.token}`;
  useEffect(() => {
    if (!usable) return;
    const end = new AbortController();
    followDownloads(usable, setLive, end.signal);
    return () => end.abort();
    // A connection is another one if its server or token is.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key]);
  return usable ? live : { downloads: undefined, lost: false };
}

/** Tells what the downloads are, from the first reading on. The stream is opened first, so that nothing falls in between. */
export function followDownloads(connection: Connection, tell: (live: Live) => void, signal: AbortSignal): void {
  let downloads: Downloads | undefined;
  let missed: [string, unknown][] = [];
  let reading = 0;
  const tellIfOpen = (lost: boolean) => {
    if (!signal.aborted) tell({ downloads, lost });
  };
  const hear = (name: string, data: unknown) => {
    const next = downloads && apply(downloads, name, data);
    if (!next) return false;
    downloads = next;
    return true;
  };
  const read = async () => {
    const turn = ++reading;
    missed = [];
    const fresh = await readDownloads(connection);
    if (turn !== reading) return;
    downloads = fresh;
    for (const [name, data] of missed) hear(name, data);
    missed = [];
    tellIfOpen(false);
  };
  const readOrSay = (): void => {
    void read().catch(async () => {
      const turn = reading;
      tellIfOpen(true);
      await pauseFor(readAgain, signal);
      if (!signal.aborted && turn === reading) readOrSay();
    });
  };
  const listener = {
    onOpen: (resumed: boolean) => (resumed && downloads ? tellIfOpen(false) : readOrSay()),
    onEvent: (name: string, data: unknown) => {
      missed = [...missed.slice(-200), [name, data]];
      if (name === 'reset') readOrSay();
      else if (hear(name, data)) tellIfOpen(false);
    },
    onLost: () => tellIfOpen(true),
    onRefused: () => void keepRevoked(connection),
  };
  void follow(connection, listener, signal);
}
