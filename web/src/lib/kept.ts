type Place = 'local' | 'session';

// What the browser's storage does not take lasts as long as the page.
const memory = new Map<string, string>();

const inMemory = (place: Place, key: string) => `${place} ${key}`;

function storage(place: Place): Storage {
  return place === 'local' ? globalThis.localStorage : globalThis.sessionStorage;
}

/**
 * Keeps a text in the browser (`local`) or in this tab (`session`). Returns false where storage is full or forbidden:
 * the text then lasts as long as the page, so say so where someone counts on it.
 */
export function keep(place: Place, key: string, value: string): boolean {
  try {
    storage(place).setItem(key, value);
    memory.delete(inMemory(place, key));
    return true;
  } catch {
    memory.set(inMemory(place, key), value);
    return false;
  }
}

/** Returns a kept text, or null. */
export function kept(place: Place, key: string): string | null {
  const remembered = memory.get(inMemory(place, key));
  if (remembered !== undefined) return remembered;
  try {
    return storage(place).getItem(key);
  } catch {
    return null;
  }
}

/** Forgets a kept text. */
export function forget(place: Place, key: string): void {
  memory.delete(inMemory(place, key));
  try {
    storage(place).removeItem(key);
  } catch {
    // It could not have been kept either.
  }
}

/** Reports whether the browser keeps what it is given. */
export function canKeep(place: Place): boolean {
  const probe = 'longhaul-probe';
  const works = keep(place, probe, 'x'.repeat(64));
  forget(place, probe);
  return works;
}
