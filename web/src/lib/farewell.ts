import { forget, keep, kept } from './kept';

const key = 'longhaul-farewell';

const kinds = ['left', 'ended', 'deleted', 'cookies'] as const;

/** Why no one is signed in any more: the user left, the session ended, the account was deleted, or no cookie is kept. */
export type Farewell = (typeof kinds)[number];

/** Keeps the reason for the sign-in page. It stays in this tab, and no link can set it. */
export function keepFarewell(why: Farewell): void {
  keep('session', key, why);
}

/** Returns why the user was sent to the sign-in page, if known. */
export function readFarewell(): Farewell | undefined {
  const found = kept('session', key);
  return kinds.find((kind) => kind === found);
}

/** Forgets the reason: it is shown once. */
export function forgetFarewell(): void {
  forget('session', key);
}
