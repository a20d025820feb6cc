import { browser } from 'wxt/browser';

import { countRunning } from './downloads';
import { ownerOf, readConnection, readItems } from './state';

const countAlarm = 'count';

// Until the server is asked again: the first while something runs, the next ones the longer nothing does.
const minutes = [1, 2, 5, 15];

interface Count {
  running?: number;
  /** How often in a row nothing ran. */
  idle?: number;
  /** The tag of the server's last answer, and whose count it is. */
  tagged?: { owner: string; tag: string | undefined };
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
    await browser.alarms.clear(countAlarm);
    await browser.storage.local.remove(['running', 'idle', 'tagged']);
    return;
  }
  const owner = ownerOf(connection);
  const { idle = 0, running: before = 0, tagged } = await browser.storage.local.get<Count>(['idle', 'running', 'tagged']);
  const counted = await countRunning(connection, tagged?.owner === owner ? tagged.tag : undefined).catch(() => null);
  const running = counted?.running ?? before;
  const next = soon || (running > 0 && counted !== null) ? 0 : Math.min(idle + 1, minutes.length - 1);
  await browser.storage.local.set({ idle: next, running, ...(counted && { tagged: { owner, tag: counted.tag } }) });
  await browser.alarms.create(countAlarm, { delayInMinutes: minutes[next] ?? 1 });
}
