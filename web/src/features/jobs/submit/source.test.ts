import { describe, expect, it } from 'vitest';

import { isTorrentFile, readSources } from './source';

const hash = 'c9e15763f722f23e98a29decdfae341b98d53056';

describe('readSources', () => {
  it.each([
    ['a magnet link with a name', `magnet:?xt=urn:btih:${hash}&dn=My+File`, 'magnet', 'My File'],
    ['a magnet link without a name', `MAGNET:?xt=urn:btih:${hash}`, 'magnet', 'Magnet c9e15763f722…'],
    ['a v2 magnet link', `magnet:?xt=urn:btmh:1220${'ab'.repeat(32)}`, 'magnet', 'Magnet abababababab…'],
    ['a hybrid magnet link with numbered topics', `magnet:?xt.1=urn:btih:${hash}&xt.2=urn:btmh:1220${'ab'.repeat(32)}`, 'magnet', 'Magnet c9e15763f722…'],
    ['a bare hex hash', hash.toUpperCase(), 'magnet', 'Magnet c9e15763f722…'],
    ['a bare base32 hash', 'ZHQVOY7XELZD5GFCTXWN7LRUDOMNKMCW', 'magnet', 'Magnet zhqvoy7xelzd…'],
    ['a bare v2 hash', 'ab'.repeat(32), 'magnet', 'Magnet abababababab…'],
    ['a URL', 'https://example.org/a/My%20File.iso?x=1', 'url', 'My File.iso'],
    ['a URL without a path', 'http://example.org/', 'url', 'example.org'],
    ['a URL with a broken escape', 'https://example.org/%E0%A4%A', 'url', '%E0%A4%A'],
  ])('knows %s', (_, text, kind, name) => {
    expect(readSources(text)).toMatchObject({ found: [{ kind, name }], unknown: [] });
  });

  it('makes a magnet link of a bare hash', () => {
    expect(readSources(hash).found[0]?.source).toBe(`magnet:?xt=urn:btih:${hash}`);
  });

  it('takes several lines, and several sources on one line, each once', () => {
    const text = `${hash}\r\n\nhttps://a.example/x  https://a.example/y\n${hash}`;
    expect(readSources(text).found.map((source) => source.name)).toEqual(['Magnet c9e15763f722…', 'x', 'y']);
  });

  it.each(['hello', 'ftp://example.org/x', 'javascript:alert(1)', 'magnet:?dn=only-a-name', 'magnet:?xt=urn:sha1:abc', 'https://'])(
    'refuses %s',
    (text) => expect(readSources(text)).toEqual({ found: [], unknown: [text] }),
  );
});

it('knows .torrent files by name or type', () => {
  expect(isTorrentFile(new File([], 'A.TORRENT'))).toBe(true);
  expect(isTorrentFile(new File([], 'a', { type: 'application/x-bittorrent' }))).toBe(true);
  expect(isTorrentFile(new File([], 'a.iso'))).toBe(false);
});
