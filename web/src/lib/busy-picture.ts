/** The longest that a picture is waited for, in milliseconds. */
const longest = 60_000;

/** Resolves when the page is in sight. */
function inSight(signal: AbortSignal): Promise<void> {
  if (document.visibilityState !== 'hidden') return Promise.resolve();
  return new Promise((resolve) => document.addEventListener('visibilitychange', () => resolve(), { once: true, signal }));
}

/**
 * Asks the server why a picture did not load. Resolves with true when it is worth showing again, which may be later,
 * as the server says, and while the page is in sight; with false if there is none; and with undefined if the server
 * can't be asked.
 */
export async function worthShowing(src: string, signal: AbortSignal): Promise<boolean | undefined> {
  const answer = await fetch(src, { signal }).catch(() => undefined);
  void answer?.body?.cancel();
  if (!answer || answer.ok) return answer?.ok;
  const seconds = Number(answer.headers.get('Retry-After'));
  if (!(seconds > 0)) return answer.status === 404 || answer.status === 403 ? false : undefined;
  await new Promise((resolve) => {
    const timer = setTimeout(resolve, Math.min(seconds * 1_000, longest));
    signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  });
  await inSight(signal);
  return true;
}
