const wrappers: Record<string, string> = {
  '<': '>', '"': '"', "'": "'", '`': '`', '(': ')', '[': ']', '“': '”', '„': '“', '‘': '’', '«': '»',
};

const hash = /^(urn:btih:([0-9a-f]{40}|[a-z2-7]{32})|urn:btmh:1220[0-9a-f]{64})$/i;

/** A magnet link, as far as the box needs to know it. */
export interface Magnet {
  /** The info hash of its first topic. */
  hash: string;
  name: string;
}

/** Takes away spaces and whatever encloses a link in a text. */
export function unwrap(text: string): string {
  let rest = text;
  for (let i = 0; i < 4; i++) {
    rest = rest.replace(/^[\s\u200B-\u200F\uFEFF]+|[\s\u200B-\u200F\uFEFF]+$/g, '').replace(/^url:\s*/i, '');
    const closing = wrappers[rest.slice(0, 1)];
    if (closing === undefined) return rest;
    rest = rest.slice(1);
    const end = rest.lastIndexOf(closing);
    if (end >= 0) rest = rest.slice(0, end);
  }
  return rest;
}

/** Reports whether a text is meant as a magnet link, also one that is percent-encoded as a whole. */
export function looksLikeMagnet(text: string): boolean {
  return /^(web\+)?magnet(:|%(25)*3a)/i.test(unwrap(text));
}

/** Reads a magnet link as people paste it. The server reads it again, and more strictly. */
export function readMagnet(text: string): Magnet | undefined {
  let link = unwrap(text).replace(/^web\+/i, '');
  for (let i = 0; i < 3 && /^magnet%/i.test(link); i++) link = decoded(link);
  if (!/^magnet:/i.test(link)) return undefined;
  link = link.slice('magnet:'.length).replaceAll('&amp;', '&');
  if (!link.includes('=') || /^%3f/i.test(link)) link = decoded(link);
  const params = new URLSearchParams(link.replace(/^[/?]+/, ''));
  const topic = [...params]
    .filter(([key]) => /^xt(\.\d+)?$/i.test(key))
    .map(([, value]) => value.toLowerCase().replace(/#.*$/, '').replace(/\s/g, ''))
    .find((value) => hash.test(value));
  if (topic === undefined) return undefined;
  return { hash: topic.replace(/^urn:(btih:|btmh:1220)/, ''), name: params.get('dn')?.trim() ?? '' };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
