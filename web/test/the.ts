/** Returns what was found, and fails where nothing was. */
export function the<T>(found: T | null | undefined): T {
  if (found === null || found === undefined) throw new Error('what the test looks for is not there');
  return found;
}
