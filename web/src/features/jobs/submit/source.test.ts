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
    ['a magnet link with a slash', `magnet:/?xt=urn:btih:${hash}`, 'magnet', 'Magnet c9e15763f722…'],
    ['a magnet link with two slashes', `magnet://?xt=urn:btih:${hash}&dn=x`, 'magnet', 'x'],
    ['a web+magnet link', `web+magnet:?xt=urn:btih:${hash}&dn=x`, 'magnet', 'x'],
    ['a magnet link in angle brackets', `<magnet:?xt=urn:btih:${hash}&dn=x>`, 'magnet', 'x'],
    ['a magnet link in quotes', `“magnet:?xt=urn:btih:${hash}&dn=x”.`, 'magnet', 'x'],
    ['an encoded magnet link', encodeURIComponent(`magnet:?xt=urn:btih:${hash}&dn=a+b`), 'magnet', 'a b'],
    ['a magnet link encoded after the scheme', `magnet:${encodeURIComponent(`?xt=urn:btih:${hash}&dn=x`)}`, 'magnet', 'x'],
    ['a hash sign in a name before the topic', `magnet:?dn=Film #2&xt=urn:btih:${hash}`, 'magnet', 'Film #2'],
    ['upper-case keys and topics', `MAGNET:?XT=URN:BTIH:${hash.toUpperCase()}&dn=x`, 'magnet', 'x'],
    ['a magnet link wrapped in its hash', `magnet:?xt=urn:btih:${hash.slice(0, 9)}\r\n${hash.slice(9)}&dn=x`, 'magnet', 'x'],
    ['a magnet link wrapped twice', `magnet:?xt=urn:\nbtih:${hash}&dn=My+\n  File`, 'magnet', 'My File'],
    ['a wrapped magnet link in brackets', `<magnet:?xt=urn:btih:${hash}\n&dn=x>`, 'magnet', 'x'],
    ['a magnet link wrapped in quoted mail', `magnet:?xt=urn:btih:${hash}&\n> dn=x`, 'magnet', 'x'],
    ['a URL', 'https://example.org/a/My%20File.iso?x=1', 'url', 'My File.iso'],
    ['a URL without a path', 'http://example.org/', 'url', 'example.org'],
    ['a URL with a bare percent sign and spaces', 'https://example.org/100% legal file.zip', 'url', '100% legal file.zip'],
    ['a URL with a login', 'https://ann:s3cret@example.org/', 'url', 'example.org'],
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

  it('keeps what follows a whole magnet link apart', () => {
    const { found, unknown } = readSources(`magnet:?xt=urn:btih:${hash}\nhello\n${'ab'.repeat(20)}\nhttps://a.example/x`);
    expect(found.map((source) => source.name)).toEqual(['Magnet c9e15763f722…', 'Magnet abababababab…', 'x']);
    expect(unknown).toEqual(['hello']);
  });

  it('takes a URL that is written in two ways once', () => {
    expect(readSources('https://EXAMPLE.org:443/my file\nhttps://example.org/x/../my%20file').found).toHaveLength(1);
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
