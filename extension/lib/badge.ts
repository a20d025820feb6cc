import { browser } from 'wxt/browser';

import { countRunning } from './downloads';
import { readConnection, readItems } from './state';

const counted = 'count';

// Until the server is asked again: the first while something runs, the next ones the longer nothing does.
const minutes = [1, 2, 5, 15];

interface Count {
  running?: number;
  /** How often in a row nothing ran. */
  idle?: number;
}

/** Shows how many downloads run, or that something needs the user. */
export async function showBadge(): Promise<void> {
  const connection = await readConnection();
  const alert = connection?.revoked === true || (await readItems()).some(({ state }) => state !== 'sent');
  const { running = 0 } = await browser.storage.local.get<Count>('running');
  await browser.action.setBadgeText({ text: alert ? '!' : running > 0 && connection ? String(running) : '' });
  await browser.action.setBadgeBackgroundColor({ color: alert ? '#bb2c33' : '#3159e6' });
}

/** Asks the server how many downloads run, and plans the next time. After a sign of life of the user, soon. */
export async function count(soon: boolean): Promise<void> {
  const connection = await readConnection();
  if (!connection || connection.revoked) {
    await browser.alarms.clear(counted);
    await browser.storage.local.remove(['running', 'idle']);
    return;
  }
  const running = await countRunning(connection).catch(() => undefined);
  const { idle = 0 } = await browser.storage.local.get<Count>('idle');
  const next = soon || (running ?? 0) > 0 ? 0 : Math.min(idle + 1, minutes.length - 1);
  await browser.storage.local.set({ idle: next, ...(running === undefined ? {} : { running }) });
  await browser.alarms.create(counted, { delayInMinutes: minutes[next] ?? 1 });
}
