import { text } from './text';

/** The oldest version of a server that has all that this extension asks for. */
export const oldestServer = '0.1.0';

function numbersOf(version: string): number[] | undefined {
  const found = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version);
  return found?.slice(1).map(Number);
}

/** Reports whether a server's version is too old. Builds without a number are taken for new ones. */
export function isTooOld(version: string): boolean {
  const has = numbersOf(version);
  const needs = numbersOf(oldestServer);
  if (!has || !needs) return false;
  const at = has.findIndex((number, place) => number !== needs[place]);
  return at >= 0 && (has[at] ?? 0) < (needs[at] ?? 0);
}

/** What the user is told about a server that is too old. */
export function tooOld(version: string): string {
  return text('tooOld', version, oldestServer);
}
