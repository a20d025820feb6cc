/** A source found in a piece of text. */
export interface FoundSource {
  kind: 'magnet' | 'url';
  /** What is sent to the server. */
  source: string;
  /** The name, as far as the text reveals it. */
  name: string;
}

export interface ReadResult {
  found: FoundSource[];
  /** Lines that aren't a known kind of source. */
  unknown: string[];
}

const hexV1 = /^[0-9a-f]{40}$/i;
const base32V1 = /^[a-z2-7]{32}$/i;
const hexV2 = /^[0-9a-f]{64}$/i;

/** Reads pasted or typed text: magnet links, http(s) URLs and bare info hashes, any number of them. */
export function readSources(text: string): ReadResult {
  const result: ReadResult = { found: [], unknown: [] };
  const seen = new Set<string>();
  for (const piece of pieces(text)) {
    const source = readOne(piece);
    if (!source) result.unknown.push(piece);
    else if (!seen.has(source.source)) {
      seen.add(source.source);
      result.found.push(source);
    }
  }
  return result;
}

function pieces(text: string): string[] {
  return text
    .split(/[\r\n]+/)
    .flatMap((line) => line.split(/\s+(?=magnet:\?|https?:\/\/)/i))
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '');
}

function readOne(piece: string): FoundSource | undefined {
  if (/^magnet:\?/i.test(piece)) return readMagnet(piece);
  if (hexV1.test(piece) || base32V1.test(piece)) return ofHash(piece, `urn:btih:${piece}`);
  if (hexV2.test(piece)) return ofHash(piece, `urn:btmh:1220${piece}`);
  return readUrl(piece);
}

function ofHash(hash: string, urn: string): FoundSource {
  return { kind: 'magnet', source: `magnet:?xt=${urn}`, name: `Magnet ${hash.slice(0, 12).toLowerCase()}…` };
}

function readMagnet(piece: string): FoundSource | undefined {
  const params = new URLSearchParams(piece.slice(piece.indexOf('?') + 1));
  const topics = [...params].filter(([key]) => /^xt(\.\d+)?$/.test(key)).map(([, value]) => value.toLowerCase());
  const topic = topics.find((value) => value.startsWith('urn:btih:') || value.startsWith('urn:btmh:'));
  if (topic === undefined) return undefined;
  const name = params.get('dn')?.trim();
  const hash = topic.replace(/^urn:(btih:|btmh:1220)/, '');
  return { kind: 'magnet', source: piece, name: name !== undefined && name !== '' ? name : `Magnet ${hash.slice(0, 12)}…` };
}

function readUrl(piece: string): FoundSource | undefined {
  if (!/^https?:\/\//i.test(piece)) return undefined;
  const url = URL.parse(piece);
  if (!url) return undefined;
  const last = url.pathname.split('/').findLast((part) => part !== '') ?? '';
  return { kind: 'url', source: piece, name: last === '' ? url.host : decoded(last) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Reports whether a chosen or dropped file looks like a metainfo file. */
export function isTorrentFile(file: File): boolean {
  return file.name.toLowerCase().endsWith('.torrent') || file.type === 'application/x-bittorrent';
}
