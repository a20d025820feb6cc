// Plays what a real server has: films and music, one after the other, and looks at the pictures.
// Arguments: app address, e-mail, password, what to do, pages as JSON. Prints one JSON line per page; the films' frames
// carry their number in bars.
import { downloadsShown, launch, sendSignIn } from './person.mjs';

const [app, email, password, what, list] = process.argv.slice(2);
const pages = JSON.parse(list);
const bits = 10;

const browser = await launch('--autoplay-policy=no-user-gesture-required');
const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
const page = await context.newPage();
page.setDefaultTimeout(40_000);
// Reads pictures of the page.
const reader = await (await browser.newContext()).newPage();

const media = page.locator('video, audio').first();
const refusal = page.getByText('This browser can’t play the file');

/** Reads the number in a picture; -1 if it is none. */
async function numberIn(picture) {
  return reader.evaluate(
    async ([bytes, half]) => {
      const image = new Image();
      image.src = `data:image/png;base64,${bytes}`;
      await image.decode();
      const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
      canvas.drawImage(image, 0, 0);
      const bar = (at) => {
        const [red, green, blue] = canvas.getImageData(Math.floor(((at + 0.5) * image.width) / (2 * half)), Math.floor(image.height / 2), 1, 1).data;
        return (red + green + blue) / 3 > 128 ? 1 : 0;
      };
      let number = 0;
      for (let at = 0; at < half; at += 1) {
        if (bar(at) === bar(at + half)) return -1;
        number = number * 2 + bar(at);
      }
      return number;
    },
    [picture.toString('base64'), bits],
  );
}

/** A strip of the film, above the controls and beside what the player says in the middle. */
async function strip() {
  const box = await media.boundingBox();
  return { x: box.x, y: box.y + box.height * 0.2, width: box.width, height: box.height * 0.1 };
}

/** Waits until the film moves. */
async function plays() {
  await page.waitForFunction(() => {
    const each = document.querySelector('video, audio');
    return each && each.currentTime > 0.2 && !each.paused && !each.seeking;
  });
}

/** Sends the player to a part of the film, and returns where it is and what it shows. */
async function seek(part) {
  const { wanted, at, millis } = await media.evaluate(async (each, to) => {
    const started = performance.now();
    const place = each.duration * to;
    await new Promise((done) => {
      each.addEventListener('seeked', done, { once: true });
      each.currentTime = place;
    });
    return { wanted: place, at: each.currentTime, millis: performance.now() - started };
  }, part);
  const isFilm = (await media.evaluate((each) => each.videoWidth ?? 0)) > 0;
  return { wanted, at, millis, frame: isFilm ? await numberIn(await page.screenshot({ clip: await strip() })) : -1 };
}

/** What there is to choose from in the menu of subtitles. */
async function subtitles() {
  const button = page.getByRole('button', { name: 'Subtitles', exact: true });
  if ((await button.count()) === 0) return [];
  await button.press('Enter');
  await page.getByRole('menuitemradio', { name: 'Off' }).waitFor();
  const names = await page.getByRole('menuitemradio').allInnerTexts();
  await page.keyboard.press('Escape');
  return names.slice(1);
}

/** Opens a page and tells what became of it. */
async function open({ name, url }) {
  const started = Date.now();
  await page.goto(url);
  await refusal.or(media).first().waitFor({ state: 'attached' });
  if (await refusal.isVisible()) {
    return { name, how: 'none', says: await page.locator('main').innerText(), others: await page.getByRole('main').getByRole('button', { name: /Open in|Copy link|Download/ }).allInnerTexts() };
  }
  await plays();
  const first = Date.now() - started;
  const stream = await media.evaluate((each) => each.currentSrc.startsWith('blob:'));
  const saw = { name, how: stream ? 'stream' : 'file', first, says: '', subs: [] };
  if (await media.evaluate((each) => each.nodeName === 'VIDEO')) {
    saw.subs = await subtitles();
    if (saw.subs.length > 0) {
      await page.getByText(/^Inside as/).first().waitFor();
      saw.says = await page.locator('[data-media-player]').innerText();
    }
  }
  const { frames, sound } = await media.evaluate((each) => ({ frames: each.getVideoPlaybackQuality?.().totalVideoFrames ?? 0, sound: each.webkitAudioDecodedByteCount }));
  await media.evaluate((each) => each.pause());
  saw.seeks = [];
  for (const part of [0.1, 0.5, 0.9]) saw.seeks.push(await seek(part));
  return { ...saw, frames, sound };
}

async function matrix() {
  for (const each of pages) {
    try {
      console.log(JSON.stringify(await open(each)));
    } catch (error) {
      console.log(JSON.stringify({ name: each.name, fault: `${error.message.split('\n')[0]}: ${await page.locator('main').innerText().catch(() => '')}` }));
    }
    if (process.env.LOOK_DIR) await page.screenshot({ path: `${process.env.LOOK_DIR}/${each.name}.png` });
  }
}

try {
  await page.goto(app);
  await sendSignIn(page, email, password);
  await downloadsShown(page);
  await { matrix }[what]();
} finally {
  await browser.close();
}
