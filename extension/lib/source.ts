/** The longest source that a server takes. */
const longest = 65_536;

/** How many sources one selection gives at most. */
export const mostAtOnce = 50;

const infoHash = /^(?:[\da-f]{40}|[a-z2-7]{32})$/i;

/** Returns a magnet link or web address as it is sent, undefined for anything else. */
export function sourceOf(given: string): string | undefined {
  const text = given.trim();
  if (text === '' || text.length > longest) return undefined;
  if (infoHash.test(text)) return `magnet:?xt=urn:btih:${text}`;
  if (/^magnet:\?/i.test(text)) return /\s/.test(text) ? undefined : text;
  if (!/^https?:\/\//i.test(text)) return undefined;
  try {
    return new URL(text).href;
  } catch {
    return undefined;
  }
}

/** Returns the sources in a selected text, each once. What is longer than any sensible selection is cut off. */
export function sourcesIn(text: string): string[] {
  const found = new Set<string>();
  for (const word of text.slice(0, longest).split(/\s+/)) {
    const source = sourceOf(word.replace(/^[<("'[]+|[>)"'\],;.]+$/g, ''));
    if (source !== undefined) found.add(source);
    if (found.size >= mostAtOnce) break;
  }
  return [...found];
}
