const key = 'longhaul-farewell';

const kinds = ['left', 'ended', 'deleted'] as const;

/** Why nobody is signed in any more: the person left, the session ended without them, or the account is deleted. */
export type Farewell = (typeof kinds)[number];

/** Keeps for the sign-in page why somebody comes to it. Only this tab knows, and no link can say it. */
export function keepFarewell(why: Farewell): void {
  sessionStorage.setItem(key, why);
}

/** Returns why somebody comes to the sign-in page, if that is known. */
export function readFarewell(): Farewell | undefined {
  const kept = sessionStorage.getItem(key);
  return kinds.find((kind) => kind === kept);
}

/** Forgets why: it is told once. */
export function forgetFarewell(): void {
  sessionStorage.removeItem(key);
}
