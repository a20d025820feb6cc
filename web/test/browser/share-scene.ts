import { makeFile, moment } from '../fixtures';
import { makeOpened, makeShare, makeUserShare } from '../shares';
import type { World } from '../world';

const longName = 'Cosmos Laundromat (2015) — 第一周期 · Ένα πολύ μακρύ όνομα, really-a-name-that-has-no-end-and-no-space-either_x264-1080p-WEB-DL-AAC';

/** Fills the world with shares: the user's, those of others, and one to visit. */
export function sharedMuch(world: World): void {
  const { shares } = world;
  shares.list = [
    makeShare({ name: 'Tears of Steel', password: true, maxDownloads: 40, lastVisitAt: moment(-240) }),
    makeShare({ name: longName, viewOnly: true, expiresAt: null, visits: 1204, downloads: 3981 }),
    makeShare({ name: '‮gnp.<script>alert(1)</script> 👩‍👩‍👧‍👦 שלום', state: 'spent', maxDownloads: 10, downloads: 10, items: 3 }),
    makeShare({ name: 'Field recordings', empty: true, visits: 0, downloads: 0, lastVisitAt: null }),
    makeShare({ name: 'Lecture 2005', state: 'expired', expiresAt: moment(-90_000), visits: 1, downloads: 1 }),
    makeShare({ name: 'Sent to the wrong person', state: 'revoked' }),
  ];
  shares.ofUsers = [
    makeUserShare({ name: 'One Summer at the Harbour', blocked: true, visits: 5210, downloads: 4980 }),
    makeUserShare({ name: longName, password: true }),
    makeUserShare({ name: 'Old holiday', state: 'revoked' }),
  ];
  shares.opened = makeOpened({ name: 'Tears of Steel', files: 7, size: 1_181_116_006 });
  shares.files = [
    ['Tears.of.Steel.2012.webm', 'video/webm'],
    ['Soundtrack/01 - Opening.wav', 'audio/wav'],
    ['Soundtrack/02 - The Bridge.wav', 'audio/wav'],
    ['Stills/poster.png', 'image/png'],
    [`Stills/${'x'.repeat(240)}.png`, 'image/png'],
    ['Stills/‮gnp.<img src=x onerror=alert(1)> שלום 👩‍👩‍👧‍👦.zip', 'application/zip'],
    ['README.txt', 'text/plain'],
  ].map(([path = '', contentType = ''], index) => makeFile(index, path, { contentType, previewable: !contentType.startsWith('application'), size: 40_000_000 * (index + 1) }));
}

/** Fills the share to visit with very many files. */
export function sharedMultitude(world: World): void {
  world.shares.files = Array.from({ length: 50_000 }, (_, index) =>
    makeFile(index, `Newspaper/${1861 + Math.floor(index / 380)}/issue-${String(index + 1).padStart(5, '0')}.pdf`, { contentType: 'application/pdf', size: 31_000_000 }),
  );
  world.shares.opened = makeOpened({ name: 'Every issue of the newspaper', files: 50_000, size: 50_000 * 31_000_000 });
}
