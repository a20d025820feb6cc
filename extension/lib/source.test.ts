import { describe, expect, it } from 'vitest';

import { mostAtOnce, sourceOf, sourcesIn } from './source';

const hash = 'c12fe1c06bba254a9dc9f519b335aa7c1367a88a';

describe('a source', () => {
  it.each([
    [`magnet:?xt=urn:btih:${hash}&dn=x`, `magnet:?xt=urn:btih:${hash}&dn=x`],
    [hash, `magnet:?xt=urn:btih:${hash}`],
    [' https://a.example/x.torrent ', 'https://a.example/x.torrent'],
    ['HTTP://A.example', 'http://a.example/'],
    [`magnet:?xt=urn:btih:${hash}&dn=<script>alert(1)</script>`, `magnet:?xt=urn:btih:${hash}&dn=<script>alert(1)</script>`],
  ])('is %s', (given, want) => expect(sourceOf(given)).toBe(want));

  it.each(['', 'javascript:alert(1)', 'file:///etc/passwd', 'data:text/html,x', 'ftp://a.example', 'http://', 'chrome://settings', 'blob:https://a.example/1', `magnet:?x${'x'.repeat(70_000)}`, 'some words'])(
    'is not %s',
    (given) => expect(sourceOf(given)).toBeUndefined(),
  );
});

describe('a selection', () => {
  it('gives each source once, without what surrounds it', () => {
    const text = `See (https://a.example/b.iso), <https://a.example/b.iso> or "${hash}"; not javascript:alert(1). Then https://a.example/c.iso.`;
    expect(sourcesIn(text)).toEqual(['https://a.example/b.iso', `magnet:?xt=urn:btih:${hash}`, 'https://a.example/c.iso']);
  });

  it('is bounded', () => {
    const many = Array.from({ length: 10_000 }, (_, at) => `https://a.example/${at}`).join('\n');
    expect(sourcesIn(many)).toHaveLength(mostAtOnce);
  });
});
