import { useEffect, useState } from 'preact/hooks';
import { browser } from 'wxt/browser';

import { readConnection, readItems, type Connection, type Item } from './state';

/** What is stored, and undefined until it is read. */
export interface Kept {
  connection: Connection | undefined;
  items: Item[];
}

/** What is stored, as it changes. */
export function useKept(): Kept | undefined {
  const [kept, setKept] = useState<Kept>();
  useEffect(() => {
    const read = async () => setKept({ connection: await readConnection(), items: await readItems() });
    const changed = () => void read();
    browser.storage.local.onChanged.addListener(changed);
    void read();
    return () => browser.storage.local.onChanged.removeListener(changed);
  }, []);
  return kept;
}

/** Tells the background that there is work, or that the user looks. */
export function tellBackground(): void {
  void browser.runtime.sendMessage('work').catch(() => undefined);
}
