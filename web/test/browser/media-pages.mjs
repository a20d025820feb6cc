// The player in its states.
import { makeMp4 } from './film.mjs';
import { go, still } from './steps.mjs';

let mp4;

const tears = (stage) => stage.world.jobs.find((each) => each.name.startsWith('Tears'));

/** Places an episode beside the film of the scene, and opens it. */
async function film(page, stage, given = {}) {
  mp4 ??= makeMp4();
  const { makeFile } = stage.fixtures;
  const job = tears(stage);
  const episodes = ['S01E01 – The Bridge.mp4', 'S01E02 – The Oude Kerk.mp4'].map((name, at) => makeFile(20 + at, `Season 1/${name}`, { contentType: 'video/mp4', previewable: true }));
  stage.world.files.set(job.id, [...stage.world.files.get(job.id), ...episodes]);
  for (const { id } of episodes) {
    stage.contents.set(id, mp4);
    stage.world.media.info.set(id, stage.makeFilm({ duration: 150, chapters: [{ start: 0, end: 40, title: 'Opening' }, { start: 40, end: 90, title: 'The bridge' }, { start: 90, end: 150, title: 'Ending' }], ...given }));
    stage.world.media.subtitles.set(id, [{ item: { id: 'beside:3', origin: 'beside', name: 'S01E01.en.srt', language: 'en', title: '', forced: false }, text: 'WEBVTT\n\n00:00.000 --> 02:30.000\nYou know what? You’re being a jerk, <i>Thom</i>.\n' }]);
  }
  return { job, first: episodes[0] };
}

/** Opens the film, and stops it early, with its controls. */
async function open(page, stage, { job, first }) {
  await page.goto(`${stage.app}/jobs/${job.id}/play/${first.id}`);
  await page.waitForFunction(() => document.querySelector('video')?.currentTime > 0.2);
  await page.evaluate(() => document.querySelector('video').pause());
  await page.locator('[data-media-player][data-paused]').waitFor();
  await page.getByRole('button', { name: 'Subtitles', exact: true }).press('Enter');
  await page.getByRole('menuitemradio', { name: 'English' }).waitFor();
  await page.keyboard.press('Escape');
}

export const mediaPages = [
  {
    name: 'film-controls',
    narrow: true,
    open: async (page, stage) => {
      await open(page, stage, await film(page, stage));
      await page.keyboard.press('c');
      await page.getByText('being a jerk').waitFor();
      await still(page);
    },
  },
  {
    name: 'film-subtitles',
    narrow: true,
    open: async (page, stage) => {
      await open(page, stage, await film(page, stage));
      await page.getByRole('button', { name: 'Subtitles', exact: true }).press('Enter');
      await page.getByRole('menuitemradio', { name: 'English' }).click();
      await page.getByText('being a jerk').waitFor();
      await still(page);
    },
  },
  {
    name: 'film-resumed',
    open: async (page, stage) => {
      const scene = await film(page, stage);
      stage.world.media.playback.set(scene.first.id, { position: 62, duration: 150, watched: false, updatedAt: new Date().toISOString() });
      await open(page, stage, scene);
      await page.getByText('Resumed at 1:02').waitFor();
    },
  },
  {
    name: 'film-next',
    narrow: true,
    open: async (page, stage) => {
      await open(page, stage, await film(page, stage));
      await page.evaluate(() => {
        const video = document.querySelector('video');
        video.currentTime = 149.8;
        void video.play();
      });
      await page.getByRole('button', { name: 'Play now' }).waitFor();
    },
  },
  {
    name: 'film-unplayable',
    narrow: true,
    open: async (page, stage) => {
      const video = [{ ...stage.makeFilm().video[0], codec: 'hevc', codecs: 'hvc1.2.4.L153.B0' }];
      const { job, first } = await film(page, stage, { video });
      await go(page, stage, `/jobs/${job.id}/play/${first.id}`, 'It can’t decode HEVC');
    },
  },
  {
    name: 'film-looking',
    open: async (page, stage) => {
      const { job, first } = await film(page, stage, { state: 'waiting' });
      stage.world.files.get(job.id).find(({ id }) => id === first.id).contentType = 'video/x-matroska';
      await go(page, stage, `/jobs/${job.id}/play/${first.id}`, 'Looking at the file');
    },
  },
  {
    name: 'film-watched',
    open: async (page, stage) => {
      const { job, first } = await film(page, stage);
      stage.world.media.playback.set(first.id, { position: 150, duration: 150, watched: true, updatedAt: '' });
      await go(page, stage, `/jobs/${job.id}`, 'S01E02');
      await page.getByLabel('Watched').waitFor();
    },
  },
];
