// The pages to look at, each with the way to it and what to wait for.
import { accountEdgePages } from './account-edge-pages.mjs';
import { accountPages } from './account-pages.mjs';
import { agentPages } from './agent-pages.mjs';
import { adminPages } from './admin-pages.mjs';
import { blockPages } from './block-pages.mjs';
import { trashPages } from './trash-pages.mjs';
import { bulkPages } from './bulk-pages.mjs';
import { everybodyPages } from './everybody-pages.mjs';
import { extensionPages } from './extension-pages.mjs';
import { filePages } from './file-pages.mjs';
import { libraryPages } from './library-pages.mjs';
import { flagPages } from './flag-pages.mjs';
import { legalPages } from './legal-pages.mjs';
import { mediaPages } from './media-pages.mjs';
import { noticePages } from './notice-pages.mjs';
import { notificationPages } from './notification-pages.mjs';
import { overviewPages } from './overview-pages.mjs';
import { palettePages } from './palette-pages.mjs';
import { peoplePages } from './people-pages.mjs';
import { providerPages } from './provider-pages.mjs';
import { sharePages } from './share-pages.mjs';
import { go, paste, still } from './steps.mjs';
import { storagePages } from './storage-pages.mjs';
import { usagePages } from './usage-pages.mjs';

function wav() {
  const rate = 8000;
  const samples = rate * 3;
  const bytes = Buffer.alloc(44 + samples);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(36 + samples, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(rate, 24);
  bytes.writeUInt32LE(rate, 28);
  bytes.writeUInt16LE(1, 32);
  bytes.writeUInt16LE(8, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(samples, 40);
  for (let at = 0; at < samples; at += 1) bytes[44 + at] = 128 + 60 * Math.sin(at / 6);
  return bytes;
}

let film;

/** Records a two-second film in the browser. */
async function recordFilm(page) {
  film ??= Buffer.from(
    await page.evaluate(async () => {
      const canvas = document.createElement('canvas');
      canvas.width = 640;
      canvas.height = 360;
      const pen = canvas.getContext('2d');
      const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: 'video/webm' });
      const chunks = [];
      recorder.ondataavailable = (event) => chunks.push(event.data);
      recorder.start(200);
      for (let frame = 0; frame < 50; frame += 1) {
        pen.fillStyle = `hsl(${frame * 5} 60% 40%)`;
        pen.fillRect(0, 0, 640, 360);
        await new Promise((resolve) => setTimeout(resolve, 40));
      }
      await new Promise((resolve) => {
        recorder.onstop = resolve;
        recorder.stop();
      });
      return [...new Uint8Array(await new Blob(chunks).arrayBuffer())];
    }),
  );
  return film;
}

const job = (stage, start) => stage.world.jobs.find((each) => each.name.startsWith(start));
const file = (stage, start, part) => stage.world.files.get(job(stage, start).id).find((each) => each.path.includes(part));
const magnet = `magnet:?xt=urn:btih:${'aa'.repeat(20)}&dn=Elephants+Dream`;

export const pages = [
  {
    name: 'dashboard',
    narrow: true,
    open: async (page, stage) => {
      await go(page, stage, '/', 'Tears of Steel');
      await page.getByText('Live', { exact: true }).waitFor();
    },
  },
  {
    name: 'submit',
    narrow: true,
    open: async (page, stage) => {
      await go(page, stage, '/', 'Tears of Steel');
      await paste(page, `${magnet}\nhttps://example.org/files/archive.tar.zst`);
      await page.getByRole('button', { name: /12 files/ }).first().click();
      await page.getByText('Clip 3.mp4').first().waitFor();
    },
  },
  {
    name: 'submit-refused',
    narrow: true,
    open: async (page, stage) => {
      const gib = 1024 ** 3;
      stage.world.inspection.verdict = { allowed: false, reason: stage.fixtures.because('content_too_large', { bytes: 180 * gib, limit: 100 * gib }) };
      await go(page, stage, '/', 'Tears of Steel');
      await paste(page, magnet);
      await page.getByText('Choose fewer files').waitFor();
    },
  },
  {
    name: 'submit-page',
    narrow: true,
    expects: /422/,
    open: async (page, stage) => {
      stage.world.inspection = Response.json(
        { status: 422, code: 'not_a_file', detail: 'The address is a web page, not a file.' },
        { status: 422, headers: { 'Content-Type': 'application/problem+json' } },
      );
      await go(page, stage, '/', 'Tears of Steel');
      await paste(page, 'https://example.org/download.php');
      await page.getByRole('checkbox', { name: 'Keep the web page as a file' }).click();
    },
  },
  {
    name: 'list-menu',
    open: async (page, stage) => {
      await go(page, stage, '/', 'Tears of Steel');
      await page.getByRole('button', { name: /^Actions for Sintel/ }).click();
      await page.getByRole('menuitem', { name: 'Cancel' }).waitFor();
      await still(page);
    },
  },
  {
    name: 'list-selected',
    narrow: true,
    open: async (page, stage) => {
      await go(page, stage, '/', 'Tears of Steel');
      await page.getByRole('checkbox', { name: /^Select Sintel/ }).click();
      await page.getByRole('checkbox', { name: /^Select ubuntu/ }).click({ modifiers: ['Shift'] });
      await page.getByText('5 downloads selected').waitFor();
    },
  },
  {
    name: 'list-delete',
    open: async (page, stage) => {
      stage.world.trash.seconds = 0;
      await go(page, stage, '/', 'Tears of Steel');
      await page.getByRole('button', { name: /^Actions for Tears/ }).click();
      await page.getByRole('menuitem', { name: 'Delete' }).click();
      await page.getByRole('dialog').waitFor();
      await still(page);
    },
  },
  {
    name: 'list-empty',
    open: async (page, stage) => {
      stage.world.jobs = [];
      await go(page, stage, '/', 'No downloads yet');
    },
  },
  {
    name: 'list-huge',
    huge: true,
    open: async (page, stage) => {
      await go(page, stage, '/', 'Archive volume 10000');
      await page.getByText('Live', { exact: true }).waitFor();
      await page.mouse.wheel(0, 20_000);
      await page.getByText('Archive volume 9900', { exact: true }).waitFor({ state: 'attached' });
    },
  },
  {
    name: 'job-running',
    narrow: true,
    open: async (page, stage) => {
      await go(page, stage, `/jobs/${job(stage, 'Sintel').id}`, 'Given to agent barge-1');
      await page.getByText(/^peak/).waitFor();
    },
  },
  {
    name: 'job-waiting',
    open: (page, stage) => go(page, stage, `/jobs/${job(stage, 'archlinux').id}`, 'none of them a seed'),
  },
  {
    name: 'job-away',
    narrow: true,
    open: (page, stage) => go(page, stage, `/jobs/${job(stage, 'openSUSE').id}`, 'and there is no other'),
  },
  {
    name: 'job-magnet',
    narrow: true,
    // It has no name yet.
    open: (page, stage) => go(page, stage, `/jobs/${stage.world.jobs.find((each) => each.name === '').id}`, 'none has responded'),
  },
  {
    name: 'job-attention',
    open: (page, stage) => go(page, stage, `/jobs/${job(stage, 'https-mirror').id}`, 'the connection broke'),
  },
  {
    name: 'job-page',
    narrow: true,
    open: async (page, stage) => {
      stage.world.change(job(stage, 'old-camera'), { problem: 'not_a_file', reason: stage.fixtures.because('not_a_file') });
      await go(page, stage, `/jobs/${job(stage, 'old-camera').id}`, 'Keep the page');
    },
  },
  {
    name: 'job-choose',
    narrow: true,
    open: (page, stage) => go(page, stage, `/jobs/${job(stage, 'Internet Archive').id}`, 'Choose what to download'),
  },
  {
    name: 'job-ready',
    narrow: true,
    open: (page, stage) => go(page, stage, `/jobs/${job(stage, 'Tears').id}`, 'Tears.of.Steel.2012.webm'),
  },
  { name: 'job-missing', expects: /404/, open: (page, stage) => go(page, stage, '/jobs/nothing', 'Download not found') },
  {
    name: 'play-video',
    narrow: true,
    open: async (page, stage) => {
      const chosen = file(stage, 'Tears', '.webm');
      await page.goto(stage.app);
      stage.contents.set(chosen.id, { type: 'video/webm', bytes: await recordFilm(page) });
      await page.goto(`${stage.app}/jobs/${job(stage, 'Tears').id}/play/${chosen.id}`);
      await page.waitForFunction(() => document.querySelector('video')?.currentTime > 0.3);
      await page.evaluate(() => document.querySelector('video').pause());
    },
  },
  {
    name: 'play-audio',
    open: async (page, stage) => {
      const chosen = file(stage, 'Tears', '01 - Opening');
      stage.contents.set(chosen.id, { type: 'audio/wav', bytes: wav() });
      await page.goto(`${stage.app}/jobs/${job(stage, 'Tears').id}/play/${chosen.id}`);
      await page.waitForFunction(() => document.querySelector('audio')?.currentTime > 0.1);
      await page.evaluate(() => {
        const audio = document.querySelector('audio');
        audio.pause();
        audio.currentTime = 2;
      });
      await page.waitForFunction(() => !document.querySelector('audio').seeking);
    },
  },
  {
    name: 'show-text',
    open: async (page, stage) => {
      const chosen = file(stage, 'Tears', 'README');
      const text = 'Tears of Steel\n\nAn open movie, made in Amsterdam.\n<script>alert(1)</script>\n';
      stage.contents.set(chosen.id, { type: 'text/plain; charset=utf-8', bytes: Buffer.from(text) });
      await go(page, stage, `/jobs/${job(stage, 'Tears').id}/play/${chosen.id}`, 'An open movie');
    },
  },
  ...mediaPages,
  ...agentPages,
  { name: 'not-found', open: (page, stage) => go(page, stage, '/nowhere', 'Page not found') },
  ...overviewPages,
  ...providerPages,
  ...sharePages,
  ...adminPages,
  ...everybodyPages,
  ...blockPages,
  ...trashPages,
  ...filePages,
  ...libraryPages,
  ...flagPages,
  ...extensionPages,
  ...legalPages,
  ...noticePages,
  ...notificationPages,
  ...bulkPages,
  ...palettePages,
  ...peoplePages,
  ...storagePages,
  ...accountPages,
  ...accountEdgePages,
  ...usagePages,
];
