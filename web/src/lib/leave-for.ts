/** Leaves the app for another address, which takes this page's place in the history. */
export function leaveFor(address: string): void {
  globalThis.location.replace(address);
}
