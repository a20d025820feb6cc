import { describe, expect, it } from 'vitest';

import { shownAs } from './shown';
import { readCp437, readNfo, readText } from './text';

const bytes = (...list: number[]) => new Uint8Array(list).buffer;
const utf8 = (text: string) => new TextEncoder().encode(text).buffer;

describe('text', () => {
  it('reads code page 437 with every character', () => {
    const all = readCp437(bytes(...Array.from({ length: 256 }, (_, at) => at)));
    expect(all).toHaveLength(256);
    expect(all.slice(0xc9, 0xd0)).toBe('╔╩╦╠═╬╧');
    expect(readCp437(bytes(0xdb, 0xb2, 0xb1, 0xb0, 0x20, 0x8e, 0xe1, 0xff))).toBe('█▓▒░ Äß\u00a0');
  });

  it('reads newer .nfo files as what they are', () => {
    expect(readNfo(utf8('═ für ═'))).toBe('═ für ═');
    expect(readNfo(bytes(0xcd, 0x20, 0x81))).toBe('═ ü');
  });

  it('reads UTF-8 that the preview cuts, UTF-16 with a mark, and Latin-1', () => {
    expect(readText(new Uint8Array(utf8('naïve…')).slice(0, -1).buffer, true)).toBe('naïve');
    expect(readText(bytes(0xff, 0xfe, 0x61, 0, 0xe9, 0))).toBe('aé');
    expect(readText(bytes(0x63, 0x61, 0x66, 0xe9))).toBe('café');
    expect(readText(bytes())).toBe('');
  });
});

describe('how a file is shown', () => {
  const binary = 'application/octet-stream';
  it.each([
    ['a.mkv', 'video/x-matroska', 'video'],
    ['a.jpg', 'image/jpeg', 'image'],
    ['a.SVG', 'image/svg+xml', 'code'],
    ['a.pdf', binary, 'pdf'],
    ['README.md', 'text/plain; charset=utf-8', 'markdown'],
    ['a.NFO', 'text/plain; charset=utf-8', 'nfo'],
    ['a.html', 'text/html', 'code'],
    ['main.go', binary, 'code'],
    ['a.ts', 'video/mp2t', 'video'],
    ['a.log', binary, 'text'],
    ['a.exe', binary, 'none'],
    ['constructor', binary, 'none'],
    ['a.constructor', binary, 'none'],
    ['.hidden', binary, 'none'],
  ])('%s (%s) as %s', (name, contentType, as) => {
    expect(shownAs({ name, contentType })).toBe(as);
  });
});
