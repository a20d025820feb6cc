import { describe, expect, it } from 'vitest';

import { foundIn, mostFound } from './scan';

const hash = 'c12fe1c06bba254a9dc9f519b335aa7c1367a88a';
const other = 'd12fe1c06bba254a9dc9f519b335aa7c1367a88a';

describe('the links of a page', () => {
  it('are magnets, torrents and info hashes, each once, with names to read', () => {
    const magnet = `magnet:?xt=urn:btih:${hash}&dn=A+film`;
    const torrent = 'https://a.example/files/B%20film.torrent?x=1';
    expect(foundIn({ links: [magnet, magnet, torrent], hashes: [hash.toUpperCase(), other] })).toEqual({
      more: 0,
      found: [
        { source: magnet, kind: 'kindMagnet', name: 'A film' },
        { source: torrent, kind: 'kindTorrent', name: 'B film.torrent (a.example)' },
        { source: `magnet:?xt=urn:btih:${other}`, kind: 'kindHash', name: other },
      ],
    });
  });

  it('are nothing else, whatever a page makes up', () => {
    expect(foundIn({ links: ['javascript:alert(1)//x.torrent', 'file:///x.torrent', 'data:text/html,x.torrent', 'http://%/x.torrent'], hashes: ['<b>'] }).found).toEqual([]);
  });

  it('show script in a name as text, and a name that can’t be decoded as it is', () => {
    const [magnet, torrent] = foundIn({ links: [`magnet:?xt=urn:btih:${hash}&dn=%3Cscript%3Ealert(1)%3C/script%3E`, 'https://a.example/%E0.torrent'], hashes: [] }).found;
    expect(magnet?.name).toBe('<script>alert(1)</script>');
    expect(torrent?.name).toBe('%E0.torrent (a.example)');
  });

  it('are bounded, with a count of the rest', () => {
    const links = Array.from({ length: 10_000 }, (_, at) => `https://a.example/${at}.torrent`);
    const { found, more } = foundIn({ links, hashes: [] });
    expect([found.length, more]).toEqual([mostFound, 10_000 - mostFound]);
  });
});
