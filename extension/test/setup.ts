import { beforeEach, vi } from 'vitest';
import { fakeBrowser } from 'wxt/testing/fake-browser';

import messages from '../public/_locales/en/messages.json';

// Node has no Web Locks yet. Tests run in one context, so turns are a chain.
const turns = new Map<string, Promise<unknown>>();

async function request(name: string, ...rest: unknown[]): Promise<unknown> {
  const act = rest.at(-1) as (lock: unknown) => Promise<unknown>;
  const options = (rest.length > 1 ? rest[0] : {}) as { ifAvailable?: boolean };
  const before = turns.get(name);
  if (before !== undefined && options.ifAvailable === true) return act(null);
  const turn = (before ?? Promise.resolve()).then(() => act({ name }));
  const over = turn.catch(() => undefined);
  turns.set(name, over);
  void over.then(() => {
    if (turns.get(name) === over) turns.delete(name);
  });
  return turn;
}

/** What browsers do with the catalogue. */
function getMessage(key: keyof typeof messages, values: string[] = []): string {
  return messages[key].message.replace(/\$(\d)/g, (_, place: string) => values[Number(place) - 1] ?? '');
}

beforeEach(() => {
  turns.clear();
  fakeBrowser.reset();
  Object.assign(fakeBrowser.i18n, { getMessage });
  vi.stubGlobal('navigator', { locks: { request } });
});
