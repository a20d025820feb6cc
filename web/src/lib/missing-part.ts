import { keep, kept } from './kept';

const key = 'longhaul-reloaded-build';
const missing = new WeakSet<Error>();

/**
 * Marks the errors of parts of the app that did not load: after a release the server no longer has the parts that an
 * open page asks for. The router knows such errors by their text and would reload at once, which loses the page where
 * the server cannot be reached; so the text changes, and the error page decides.
 */
export function markMissingParts(): void {
  globalThis.addEventListener('vite:preloadError', ({ payload }) => {
    missing.add(payload);
    payload.message = `A part of the app did not load: ${payload.message}`;
  });
}

/** Reports whether an error says that a part of the app did not load. */
export function isMissingPart(error: unknown): boolean {
  return error instanceof Error && missing.has(error);
}

/** Reports whether the server answers, so that a reload would find a page. */
export async function serverAnswers(): Promise<boolean> {
  try {
    const { ok } = await fetch('/', { method: 'HEAD', cache: 'no-store', signal: AbortSignal.timeout(8_000) });
    return ok;
  } catch {
    return false;
  }
}

/** Reports whether this build was not reloaded yet, and notes that it is now. Without storage there is no telling. */
export function firstReload(): boolean {
  const build = document.querySelector<HTMLScriptElement>('script[type="module"]')?.src ?? '';
  return kept('session', key) !== build && keep('session', key, build);
}
