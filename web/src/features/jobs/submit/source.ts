import { text } from '@/lib/messages';

import './messages/catalogue';
import { looksLikeMagnet, readMagnet } from './magnet';

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
    else if (!seen.has(sourceKey(source))) {
      seen.add(sourceKey(source));
      result.found.push(source);
    }
  }
  return result;
}

/** What makes two sources the same: of a URL, how a browser reads it. */
export function sourceKey({ kind, source }: Pick<FoundSource, 'kind' | 'source'>): string {
  return kind === 'url' ? (URL.parse(source)?.href ?? source) : source;
}

function pieces(text: string): string[] {
  const lines = text
    .split(/[\r\n]+/)
    .flatMap((line) => line.split(/\s+(?=<?(?:web\+)?magnet(?::|%3a)|https?:\/\/)/i))
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '');
  return lines.reduce<string[]>((read, line) => {
    const joined = continued(read.at(-1), line);
    if (joined === undefined) read.push(line);
    else read[read.length - 1] = joined;
    return read;
  }, []);
}

/** Joins a line to the magnet link before it if the link was wrapped there, and returns undefined if it was not. */
function continued(before: string | undefined, line: string): string | undefined {
  if (before === undefined || !looksLikeMagnet(before) || looksLikeMagnet(line) || readUrl(line)) return undefined;
  const rest = line.replace(/^[>\s]+(?=\S)/, '');
  const joined = before + rest;
  // Part of a link has no spaces, and the server takes no more than 64 KiB.
  if (/\s/.test(rest) || joined.length > 65_536) return undefined;
  // One that has no whole hash yet may need several lines.
  if (!readMagnet(before)) return /[=&:%]/.test(before) ? joined : undefined;
  return !isHash(rest) && readMagnet(joined) ? joined : undefined;
}

function isHash(text: string): boolean {
  return hexV1.test(text) || base32V1.test(text) || hexV2.test(text);
}

function readOne(piece: string): FoundSource | undefined {
  if (looksLikeMagnet(piece)) {
    const magnet = readMagnet(piece);
    if (!magnet) return undefined;
    return { kind: 'magnet', source: piece, name: magnet.name === '' ? text('submit:source.magnet', { hash: magnet.hash.slice(0, 12) }) : magnet.name };
  }
  if (hexV2.test(piece)) return ofHash(piece, `urn:btmh:1220${piece}`);
  if (isHash(piece)) return ofHash(piece, `urn:btih:${piece}`);
  return readUrl(piece);
}

function ofHash(hash: string, urn: string): FoundSource {
  return { kind: 'magnet', source: `magnet:?xt=${urn}`, name: text('submit:source.magnet2', { lowerCase: hash.slice(0, 12).toLowerCase() }) };
}

function readUrl(piece: string): FoundSource | undefined {
  if (!/^https?:\/\//i.test(piece)) return undefined;
  const url = URL.parse(piece);
  if (!url) return undefined;
  const last = url.pathname.split('/').findLast((part) => part !== '') ?? '';
  return { kind: 'url', source: piece, name: last === '' ? url.host : decoded(last) };
}

/** Decodes what can be decoded: “100%%20legal” is “100% legal”. */
function decoded(text: string): string {
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      return escapes;
    }
  });
}

/** Reports whether a chosen or dropped file looks like a metainfo file. */
export function isTorrentFile(file: File): boolean {
  return file.name.toLowerCase().endsWith('.torrent') || file.type === 'application/x-bittorrent';
}
