import * as z from 'zod/mini';

import { forget, keep, kept } from '@/lib/kept';

import { draftKinds, type Draft } from './drafts';

/** The user's choices for a draft before adding it. */
export interface Choice {
  /** Indexes of the files to fetch; undefined for all. */
  select?: number[] | undefined;
  /** Wait for a choice once the files are known. */
  chooseFiles: boolean;
  /** Keep a web page that the URL leads to, as the file. */
  keepPage?: boolean | undefined;
  /** Download it although the user has it already. */
  again?: boolean | undefined;
}

export const noChoice: Choice = { chooseFiles: false };

/** What waits to be added: it outlives a visit to another page and, but for .torrent files, a reload. */
export interface Tray {
  text: string;
  drafts: readonly Draft[];
  choices: Readonly<Record<string, Choice>>;
  /** Why the latest input was refused, one sentence each. */
  refused: readonly string[];
  /** Ids of the labels that all get; undefined until the user chooses. */
  labels?: readonly string[] | undefined;
  /** The browser didn't take the latest change, so a reload loses it. */
  unkept?: boolean | undefined;
}

const empty: Tray = { text: '', drafts: [], choices: {}, refused: [] };

const stored = z.object({
  text: z.string(),
  drafts: z.array(z.object({ id: z.string(), kind: z.enum(draftKinds), name: z.string(), source: z.string() })),
  choices: z.record(
    z.string(),
    z.object({
      select: z.optional(z.array(z.number())),
      chooseFiles: z.boolean(),
      keepPage: z.optional(z.boolean()),
      again: z.optional(z.boolean()),
    }),
  ),
  labels: z.optional(z.array(z.string())),
});

const draftsKey = 'longhaul-drafts';
const keyOf = (account: string) => `${draftsKey}-${account}`;
const trays = new Map<string, Tray>();
const listeners = new Set<() => void>();

function load(account: string): Tray {
  try {
    const read = stored.safeParse(JSON.parse(kept('session', keyOf(account)) ?? ''));
    return read.success ? { ...empty, ...read.data } : empty;
  } catch {
    return empty; // nothing is stored, or no JSON
  }
}

/** Returns false if the browser didn't take it: its storage is full or off, and only the page remembers. */
function save(account: string, { text, choices, labels, drafts }: Tray): boolean {
  const lasting = { text, choices, labels, drafts: drafts.filter((draft) => draft.torrent === undefined) };
  if (text !== '' || lasting.drafts.length > 0 || labels !== undefined) return keep('session', keyOf(account), JSON.stringify(lasting));
  forget('session', keyOf(account));
  return true;
}

/** Returns what the account has in its tray. */
export function readTray(account: string): Tray {
  let tray = trays.get(account);
  if (!tray) {
    tray = load(account);
    trays.set(account, tray);
  }
  return tray;
}

/** Changes what the account has in its tray. */
export function changeTray(account: string, change: (tray: Tray) => Tray): void {
  const tray = change(readTray(account));
  trays.set(account, { ...tray, unkept: !save(account, tray) });
  for (const listener of listeners) listener();
}

/** Calls the listener after each change, until the returned function is called. */
export function watchTrays(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Forgets all trays, as when the user signs out. */
export function forgetTrays(): void {
  for (const account of trays.keys()) {
    trays.set(account, empty);
    save(account, empty);
  }
  for (const listener of listeners) listener();
}
