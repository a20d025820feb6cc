// Shares: the dialog, the list, what admins see, and the page of a share.
import { makeMp4 } from './film.mjs';
import { go, still } from './steps.mjs';

function stranger(stage) {
  stage.world.me = null;
}

async function openReady(page, stage) {
  const job = stage.world.jobs.find((each) => each.name === 'Tears of Steel');
  await go(page, stage, `/jobs/${job.id}`, 'Tears.of.Steel.2012.webm');
}

async function openDialog(page, stage) {
  await openReady(page, stage);
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  await page.getByRole('dialog', { name: 'Share files' }).waitFor();
  await still(page);
}

let mp4;

/** Plays a film of the share as a visitor, with its subtitles, and stops it early. */
async function watch(page, stage, given = {}) {
  mp4 ??= makeMp4();
  stranger(stage);
  const { shares } = stage.world;
  Object.assign(shares.opened, given);
  shares.files = [stage.fixtures.makeFile(0, 'Season 1/S01E01 – The Bridge.mp4', { contentType: 'video/mp4', previewable: true }), stage.fixtures.makeFile(1, 'Season 1/S01E02 – The Oude Kerk.mp4', { contentType: 'video/mp4', previewable: true })];
  shares.media.set(0, stage.makeFilm({ duration: 150, chapters: [{ start: 0, end: 40, title: 'Opening' }, { start: 40, end: 150, title: 'The bridge' }] }));
  shares.subtitles.set(0, [{ item: { id: '2', origin: 'beside', name: 'S01E01.en.srt', language: 'en', title: '', forced: false, hearingImpaired: false }, text: 'WEBVTT\n\n00:00.000 --> 02:30.000\nYou know what? You’re being a jerk, <i>Thom</i>.\n' }]);
  stage.contents.set('t', mp4);
  await page.goto(`${stage.app}/s/token?file=0`);
  await page.waitForFunction(() => document.querySelector('video')?.currentTime > 0.2);
  await page.evaluate(() => document.querySelector('video').pause());
  await page.locator('[data-media-player][data-paused]').waitFor();
  await page.getByRole('button', { name: 'Subtitles', exact: true }).press('Enter');
  await page.getByRole('menuitemradio', { name: 'English' }).click();
  await page.getByText('being a jerk').waitFor();
}

export const sharePages = [
  { name: 'shares', narrow: true, open: (page, stage) => go(page, stage, '/shares', 'Field recordings') },
  {
    name: 'shares-none',
    open: async (page, stage) => {
      stage.world.shares.list = [];
      stage.world.downloadLinks = [];
      await go(page, stage, '/shares', 'No links work at the moment.');
    },
  },
  {
    name: 'shares-many-links',
    narrow: true,
    open: async (page, stage) => {
      stage.world.downloadLinks = Array.from({ length: 500 }, (_, at) => stage.fixtures.makeLinkInfo({ name: at === 0 ? `set/${'x'.repeat(200)}` : `set/file ${at}`, inline: at % 2 === 0 }));
      await go(page, stage, '/shares', 'Show all 500');
    },
  },
  {
    name: 'shares-failing',
    expects: /50\d|Failed to load/,
    open: async (page, stage) => {
      await page.route('**/api/v1/{links,shares**}', (route) =>
        route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"detail":"The database is away.","code":"unavailable","requestId":"01JD8ZC3"}' }),
      );
      await page.goto(`${stage.app}/shares`);
      await page.getByText("Couldn't load your links").waitFor();
      await page.getByText("Couldn't load the shares").waitFor();
    },
  },
  {
    name: 'shares-change',
    open: async (page, stage) => {
      await go(page, stage, '/shares', 'Field recordings');
      await page.getByRole('button', { name: 'Actions for Tears of Steel' }).click();
      await page.getByRole('menuitem', { name: 'Change' }).click();
      await page.getByRole('dialog', { name: 'Change share' }).waitFor();
      await still(page);
    },
  },
  { name: 'share-dialog', narrow: true, open: openDialog },
  {
    name: 'share-made',
    narrow: true,
    open: async (page, stage) => {
      await openDialog(page, stage);
      await page.getByRole('button', { name: 'Create share' }).click();
      await page.getByLabel('Link to the share').waitFor();
      await still(page);
    },
  },
  {
    name: 'share-several',
    narrow: true,
    open: async (page, stage) => {
      await openReady(page, stage);
      await page.getByRole('button', { name: 'Share several…' }).click();
      await page.getByRole('checkbox', { name: 'Folder Soundtrack' }).click();
      await page.getByRole('button', { name: 'Share 2 files' }).waitFor();
    },
  },
  {
    name: 'share-of-user',
    open: async (page, stage) => {
      const user = stage.world.admin.users[0];
      await go(page, stage, `/admin/users/${user.id}`, 'has blocked content');
      await page.getByText('has blocked content').scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'share-visitor',
    narrow: true,
    open: async (page, stage) => {
      stranger(stage);
      await go(page, stage, '/s/token', 'Tears.of.Steel.2012.webm');
    },
  },
  {
    name: 'share-visitor-view-only',
    open: async (page, stage) => {
      stranger(stage);
      Object.assign(stage.world.shares.opened, { viewOnly: true, zip: false, expiresAt: null });
      await go(page, stage, '/s/token', 'Tears.of.Steel.2012.webm');
    },
  },
  {
    name: 'share-film',
    narrow: true,
    open: async (page, stage) => {
      await watch(page, stage);
      await page.keyboard.press('Escape');
      await still(page);
    },
  },
  {
    name: 'share-film-view-only',
    narrow: true,
    open: async (page, stage) => {
      await watch(page, stage, { viewOnly: true, zip: false });
      await still(page);
    },
  },
  {
    name: 'share-film-unplayable',
    open: async (page, stage) => {
      stranger(stage);
      Object.assign(stage.world.shares.opened, { viewOnly: true, zip: false });
      stage.world.shares.media.set(0, stage.makeFilm({ video: [{ index: 0, codec: 'hevc', codecs: '', width: 3840, height: 2160, frameRate: 24, bitDepth: 10, hdr: '', title: '', language: '' }], stream: { possible: false, why: 'HEVC' } }));
      await go(page, stage, '/s/token?file=0', 'This browser can’t play the file');
    },
  },
  {
    name: 'share-visitor-huge',
    huge: true,
    open: async (page, stage) => {
      stranger(stage);
      await go(page, stage, '/s/token', '1861');
    },
  },
  {
    name: 'share-locked',
    narrow: true,
    expects: /422/,
    open: async (page, stage) => {
      stranger(stage);
      stage.world.shares.password = 'sesame';
      await go(page, stage, '/s/token', 'This share is protected');
      await page.getByLabel('Password', { exact: true }).fill('something else');
      await page.getByRole('button', { name: 'Open' }).click();
      await page.getByText('Wrong password.').waitFor();
    },
  },
  {
    name: 'share-gone',
    expects: /404/,
    open: async (page, stage) => {
      stranger(stage);
      stage.world.shares.opened = undefined;
      await go(page, stage, '/s/token', 'This share isn’t available');
    },
  },
];
