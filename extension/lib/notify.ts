import { browser } from 'wxt/browser';

import { clientOf, unless, type Notification } from './api';
import { ownerOf, readConnection, type Connection } from './state';
import { text } from './text';

/** What the user can be notified of, and the text that names it. */
export const kinds = {
  'download.ready': 'notifyReady',
  'download.failed': 'notifyFailed',
  'download.needs_attention': 'notifyNeedsYou',
} as const satisfies Partial<Record<Notification['event'], string>>;

export type Kind = keyof typeof kinds;

/** The permission that notifications need. It is asked for when they are turned on. */
export const notifyPermission: { permissions: 'notifications'[] } = { permissions: ['notifications'] };

/** How much news is read at once, and how many notifications one look gives at most. */
const mostRead = 50;
const mostShown = 5;

/** What the user was told, so that nothing is told twice, and nothing from before. */
interface Told {
  owner: string;
  ids: string[];
  newest: string;
  /** The tag of the list that was read. */
  tag?: string;
}

interface Kept {
  notify?: Kind[];
  told?: Told;
}

/** What the user wants to be notified of. */
export async function readKinds(): Promise<Kind[]> {
  return (await browser.storage.local.get<Kept>('notify')).notify ?? [];
}

/** Keeps what the user wants to be notified of. Without any, it starts afresh the next time. */
export async function keepKinds(notify: Kind[]): Promise<void> {
  if (notify.length > 0) await browser.storage.local.set({ notify });
  else await browser.storage.local.remove(['notify', 'told']);
}

/** Notifies of what happened since the last look. The first look tells nothing: all of it is older. */
export async function notify(): Promise<void> {
  const wanted = await readKinds();
  if (wanted.length === 0 || !(await browser.permissions.contains(notifyPermission))) return;
  const connection = await readConnection();
  if (!connection || connection.revoked) return;
  await navigator.locks.request('longhaul-notify', () => lookFor(wanted, connection));
}

async function lookFor(wanted: Kind[], connection: Connection): Promise<void> {
  const { told } = await browser.storage.local.get<Kept>('told');
  const owner = ownerOf(connection);
  const { data, response } = await clientOf(connection.server, connection.token).GET('/api/v1/notifications', {
    params: { query: { limit: mostRead } },
    headers: unless(told?.owner === owner ? told.tag : undefined),
  });
  if (!data) return; // a fault, or nothing is new
  const all = data.notifications;
  const tag = response.headers.get('ETag') ?? undefined;
  const newest = all[0]?.createdAt ?? (told?.owner === owner ? told.newest : new Date(0).toISOString());
  // Kept first: if the browser ends the worker here, one notification is lost rather than told twice.
  await browser.storage.local.set({ told: { owner, newest, ids: all.map(({ id }) => id), ...(tag !== undefined && { tag }) } satisfies Told });
  if (told?.owner !== owner) return;
  const fresh = all.filter(({ id, event, createdAt }) => !told.ids.includes(id) && Date.parse(createdAt) >= Date.parse(told.newest) && wanted.includes(event as Kind));
  for (const news of fresh.slice(0, mostShown).reverse()) await show(news);
}

async function show({ jobId, event, name, reason }: Notification): Promise<void> {
  if (!jobId) return;
  const why = event === 'download.ready' ? undefined : (reason as Notification['reason'] | null)?.text;
  await browser.notifications.create(jobId, {
    type: 'basic',
    iconUrl: browser.runtime.getURL('/icon-128.png'),
    title: text('notifyTitle', text(kinds[event as Kind]), name === '' ? text('unnamed') : name),
    message: why ?? text('notifyOpen'),
  });
}

/** Opens the download of a notification in the app. */
export async function openNotified(jobId: string): Promise<void> {
  const connection = await readConnection();
  if (!connection) return;
  await browser.tabs.create({ url: `${connection.server}/jobs/${encodeURIComponent(jobId)}` });
  await browser.notifications.clear(jobId);
}
