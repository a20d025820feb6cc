import { browser } from 'wxt/browser';

import type { Provider } from './api';

/** The server that the extension sends to, and its right to. */
export interface Connection {
  server: string;
  token: string;
  /** Id of the account. */
  account: string;
  email: string;
  version: string;
  /** The server no longer takes the token. */
  revoked?: boolean;
}

/** What the server said about something that was sent. */
export interface Answer {
  title: string;
  detail: string;
}

/** What the user chose for something that they send. Without a choice, their rules on the server count. */
export interface Options {
  /** Ids of the labels that it gets. */
  labels?: string[];
  provider?: Provider;
  /** The download waits until the user has chosen its files. */
  chooseFiles?: boolean;
  /** The address is of a torrent file, which this browser fetches with the user's cookies there. */
  here?: boolean;
}

/** Something that the user sent. Its id is also the key by which the server tells repeats. */
export interface Item extends Options {
  id: string;
  source: string;
  /** Server and account that it is for. */
  owner: string;
  addedAt: number;
  state: 'waiting' | 'sent' | 'refused';
  triedAt?: number;
  /** Why it waits or was refused. */
  answer?: Answer;
  jobId?: string;
  name?: string;
}

interface Kept {
  connection?: Connection;
  items?: Item[];
}

/** Server and account, as items name them. */
export function ownerOf({ server, account }: Connection): string {
  return `${server} ${account}`;
}

/** Reads the connection, undefined without one. */
export async function readConnection(): Promise<Connection | undefined> {
  return (await browser.storage.local.get<Kept>('connection')).connection;
}

/** Stores the connection, or forgets it. */
export async function keepConnection(connection: Connection | undefined): Promise<void> {
  if (connection) await browser.storage.local.set({ connection });
  else await browser.storage.local.remove('connection');
}

/** Keeps that the server no longer takes the connection's token, unless there is another connection by now. */
export async function keepRevoked(connection: Connection): Promise<void> {
  if ((await readConnection())?.token === connection.token) await keepConnection({ ...connection, revoked: true });
}

/** Reads what was sent and what waits, oldest first. */
export async function readItems(): Promise<Item[]> {
  return (await browser.storage.local.get<Kept>('items')).items ?? [];
}

/** Changes the items. Pages and the background take turns. */
export async function changeItems(change: (items: Item[]) => Item[]): Promise<Item[]> {
  return navigator.locks.request('longhaul-items', async () => {
    const items = change(await readItems());
    await browser.storage.local.set({ items });
    return items;
  });
}
