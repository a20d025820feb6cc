// Plays what a real server has: films and music, one after the other, and looks at the pictures.
// Arguments: app address, e-mail, password, what to do, pages as JSON, what it needs. Prints one JSON line per page; the films' frames
// carry their number in bars.
import { downloadsShown, launch, sendSignIn } from './person.mjs';
import { scenes } from './watch-scenes.mjs';

const [app, email, password, what, list, more] = process.argv.slice(2);
const pages = JSON.parse(list);
const bits = 10;

const browser = await launch('--autoplay-policy=no-user-gesture-required');
const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
const page = await context.newPage();
page.setDefaultTimeout(40_000);
// Reads pictures of the page.
const reader = await (await browser.newContext()).newPage();

const mediaOn = (on) => on.locator('video, audio').first();
const media = mediaOn(page);
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

/** A strip of the picture, above the controls and what the player says in the middle. */
async function strip(on) {
  const box = await mediaOn(on).boundingBox();
  const shape = await mediaOn(on).evaluate((each) => each.videoWidth / each.videoHeight);
  const width = Math.min(box.width, box.height * shape);
  return { x: box.x + (box.width - width) / 2, y: box.y + box.height * 0.2, width, height: box.height * 0.1 };
}

/** Waits until the film moves. */
async function plays(on = page) {
  await on.waitForFunction(() => {
    const each = document.querySelector('video, audio');
    return each && each.currentTime > 0.2 && !each.paused && !each.seeking;
  });
}

/** Sends the player to a part of the film, and returns where it is and what it shows. */
async function seek(part, on = page) {
  const { wanted, at, millis } = await mediaOn(on).evaluate(async (each, to) => {
    const started = performance.now();
    const place = each.duration * to;
    // A picture is sought before it is shown.
    const shown = new Promise((done) => {
      const look = (_, { mediaTime }) => (Math.abs(mediaTime - place) < 0.5 ? done() : each.requestVideoFrameCallback(look));
      if (each.videoWidth > 0) each.requestVideoFrameCallback(look);
      else done();
    });
    await new Promise((done) => {
      each.addEventListener('seeked', done, { once: true });
      each.currentTime = place;
    });
    await shown;
    return { wanted: place, at: each.currentTime, millis: performance.now() - started };
  }, part);
  const isFilm = (await mediaOn(on).evaluate((each) => each.videoWidth ?? 0)) > 0;
  return { wanted, at, millis, frame: isFilm ? await numberIn(await on.screenshot({ clip: await strip(on) })) : -1 };
}

/** How many frames of the picture and how many bytes of sound were decoded. */
const decoded = (on = page) => mediaOn(on).evaluate((each) => ({ frames: each.getVideoPlaybackQuality?.().totalVideoFrames ?? 0, sound: each.webkitAudioDecodedByteCount }));

/** Plays on for a moment, and returns how many bytes of sound were decoded. */
async function playsOn() {
  const before = await decoded();
  await media.evaluate(async (each) => {
    const from = each.currentTime;
    await each.play();
    await new Promise((done) => {
      each.addEventListener('timeupdate', () => each.currentTime > from + 0.3 && done());
    });
    each.pause();
  });
  return (await decoded()).sound - before.sound;
}

/** Chooses each of the subtitles, and returns what they are called and what they say. */
async function subtitles() {
  const button = page.getByRole('button', { name: 'Subtitles', exact: true });
  await button.press('Enter');
  await page.getByRole('menuitemradio', { name: 'Off' }).waitFor();
  const names = (await page.getByRole('menuitemradio').allInnerTexts()).slice(1);
  const says = [];
  for (let at = 0; at < names.length; at += 1) {
    await page.getByRole('menuitemradio').nth(at + 1).click();
    const line = page.locator('[data-media-player] p[dir=auto]').filter({ hasText: says.at(-1) ? new RegExp(`^(?!${says.at(-1)}$)`) : /./ });
    await line.first().waitFor();
    says.push(await line.first().innerText());
  }
  await page.keyboard.press('Escape');
  return names.map((name, at) => `${name}: ${says[at]}`);
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
  if (await media.evaluate((each) => each.nodeName === 'VIDEO')) saw.subs = await subtitles();
  const { frames, sound } = await decoded();
  await media.evaluate((each) => each.pause());
  saw.seeks = [];
  for (const part of [0.1, 0.5, 0.9]) saw.seeks.push({ ...(await seek(part)), sound: stream ? await playsOn() : 0 });
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

/** Calls the API as the page's user. */
async function call(method, path) {
  const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  const answer = await fetch(`${app}/api/v1${path}`, { method, headers: { Cookie: cookie, 'Idempotency-Key': crypto.randomUUID() } });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
}

/** Goes to a part of the film, without waiting until it is there. */
const jump = (part, on = page) =>
  mediaOn(on).evaluate((each, to) => {
    each.currentTime = each.duration * to;
  }, part);

/** Opens the film once more, as a viewer with a browser of their own, and returns how long it took until it played. */
async function join() {
  const own = await browser.newContext({ viewport: { width: 800, height: 600 }, reducedMotion: 'reduce', storageState: await context.storageState() });
  const on = await own.newPage();
  on.setDefaultTimeout(60_000);
  const started = Date.now();
  await on.goto(pages[0].url);
  await plays(on);
  return { on, first: Date.now() - started };
}

/** Continues at a part of the film that was not loaded, once the server is back. */
async function recover({ on, first }, part, started) {
  await jump(part, on);
  await on.waitForFunction((to) => {
    const each = document.querySelector('video');
    return !each.seeking && !each.paused && each.currentTime > each.duration * to + 0.5;
  }, part);
  const millis = Date.now() - started;
  const { frames, sound } = await decoded(on);
  await mediaOn(on).evaluate((each) => each.pause());
  const { at, frame } = await seek(part + 0.02, on);
  return { first, millis, frames, sound, at, frame };
}

/** Kills the server while five viewers watch, who leave in the middle of a jump. */
async function killed() {
  const viewers = await Promise.all(Array.from({ length: 5 }, join));
  process.kill(Number(more), 'SIGKILL');
  const started = Date.now();
  const saw = await Promise.all(viewers.map((viewer, at) => recover(viewer, 0.55 + at * 0.06, started)));
  await Promise.all(viewers.map(({ on }) => jump(0.5, on).then(() => on.goto('about:blank'))));
  for (const each of saw) console.log(JSON.stringify(each));
}

/** Deletes a film while it plays; or has the test take it out of storage, by the address that is its name. */
async function deleted() {
  await page.goto(pages[0].url);
  await plays();
  if (pages[0].name) await fetch(pages[0].name, { method: 'POST' });
  else await call('DELETE', `/jobs/${/jobs\/([^/]+)/.exec(pages[0].url)[1]}?final=true`);
  // To where nothing is loaded yet, and far from the end. The player may have noticed before.
  await page.evaluate(() => {
    const each = document.querySelector('video');
    if (each && Number.isFinite(each.duration)) each.currentTime = each.duration * (each.currentTime > each.duration / 2 ? 0.05 : 0.65);
  });
  const says = page.getByText(more);
  await says.first().waitFor();
  await page.locator('video').waitFor({ state: 'detached' });
  console.log(JSON.stringify({ says: await page.locator('main').innerText() }));
}

/** Watches a season to its end, each film with the subtitles beside it. */
async function season() {
  const heading = page.getByRole('heading', { level: 1 });
  await page.goto(pages[0].url);
  for (const { name } of pages) {
    await heading.filter({ hasText: name }).waitFor();
    await plays();
    const subs = await subtitles();
    console.log(JSON.stringify({ name, subs }));
    if (name === pages.at(-1).name) return;
    await jump(0.98);
    await page.getByRole('button', { name: 'Play now' }).click();
  }
}

try {
  await page.goto(app);
  await sendSignIn(page, email, password);
  await downloadsShown(page);
  await { matrix, killed, deleted, season, ...scenes({ page, pages, media, plays, decoded }) }[what]();
} finally {
  if (process.env.LOOK_DIR) await page.screenshot({ path: `${process.env.LOOK_DIR}/last-${what}.png` });
  await browser.close();
}
