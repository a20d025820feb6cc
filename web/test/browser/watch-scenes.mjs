// Scenes of one viewer at films, songs and photos of a real server.

const sound = /\/audio-\d+\//;

/** Returns the scenes on a page; each prints what it saw as a JSON line. */
export function scenes({ page, pages, media, plays, decoded }) {
  const heading = (name) => page.getByRole('heading', { level: 1 }).filter({ hasText: name });
  const button = (name) => page.getByRole('button', { name, exact: true });
  const words = (text) => page.locator('[data-media-player] p[dir=auto]').filter({ hasText: text });

  /** Chooses something in a menu of the player, as often as needed. */
  async function choose(menu, role, name, times = 1) {
    await button(menu).press('Enter');
    for (let at = 0; at < times; at += 1) await page.getByRole(role, { name }).click();
    await page.keyboard.press('Escape');
  }

  const goTo = (seconds) =>
    media.evaluate(async (each, to) => {
      await new Promise((done) => {
        each.addEventListener('seeked', done, { once: true });
        each.currentTime = to;
      });
    }, seconds);
  const shows = async (text, at) => {
    await goTo(at);
    await words(text).waitFor();
  };
  const hides = async (text, at) => {
    await goTo(at);
    await words(text).waitFor({ state: 'detached' });
  };

  /** Uploads subtitles in an old encoding, moves them and those in the stream, and takes another sound track. The next film has both languages. */
  async function talk() {
    const known = new Set();
    const hear = (request) => sound.test(request.url()) && known.add(sound.exec(request.url())[0]);
    page.on('request', hear);
    await page.goto(pages[0].url);
    await plays();
    await media.evaluate((each) => each.pause());
    await page.locator('input[type=file][accept*=srt]').setInputFiles({ name: 'talk.de.srt', mimeType: 'application/x-subrip', buffer: Buffer.from('1\r\n00:00:10,000 --> 00:00:12,000\r\nGr\u00fc\u00dfe\r\n', 'latin1') });
    const uploaded = 'Gr\u00fc\u00dfe';
    await page.getByText(/Subtitles uploaded/).waitFor();
    await shows(uploaded, 10.1);
    await hides(uploaded, 9.9);
    await shows(uploaded, 10.1);
    await choose('Subtitles', 'menuitem', /later/, 5);
    await words(uploaded).waitFor({ state: 'detached' });
    await shows(uploaded, 10.6);
    await hides(uploaded, 10.4);
    await choose('Subtitles', 'menuitem', /earlier/, 10);
    await shows(uploaded, 9.6);
    await hides(uploaded, 9.4);
    await choose('Subtitles', 'menuitemradio', /^English/);
    for (const second of [20, 62]) {
      await shows(`Inside at ${second}`, second - 0.4);
      await hides(`Inside at ${second}`, second - 0.6);
    }
    page.off('request', hear);
    const other = page.waitForResponse((answer) => sound.test(answer.url()) && !known.has(sound.exec(answer.url())[0]));
    await choose('Audio', 'menuitemradio', /German/);
    await other;
    await media.evaluate((each) => each.play());
    await page.goto(pages[1].url);
    await plays();
    await media.evaluate((each) => each.pause());
    await shows('Inside at 20', 20.1);
    await button('Audio').press('Enter');
    await page.getByRole('menuitemradio', { name: /German/, checked: true }).waitFor();
    console.log(JSON.stringify(await decoded()));
  }
  /** Plays an album to its end without a hand. */
  async function album() {
    await page.goto(pages[0].url);
    await page.evaluate(() => document.documentElement.setAttribute('data-first', ''));
    for (const { name } of pages) {
      await heading(name).waitFor();
      await plays();
      console.log(JSON.stringify({ name, ...(await decoded()), inPlace: (await page.locator('html[data-first]').count()) === 1 }));
    }
    await page.waitForFunction(() => document.querySelector('audio, video').ended);
    await heading(pages.at(-1).name).waitFor();
  }

  /** Runs a slide show, and pauses it for longer than a photo shows. */
  async function slides() {
    await page.clock.install();
    await page.goto(pages[0].url);
    await button('Slide show').click();
    await heading(pages[1].name).waitFor();
    await button('Pause the slide show').click();
    await button('Slide show').waitFor();
    await page.clock.fastForward(20_000);
    const paused = await heading(pages[1].name).isVisible();
    await button('Slide show').click();
    await heading(pages[2].name).waitFor();
    await button('Pause the slide show').waitFor({ state: 'detached' });
    console.log(JSON.stringify({ paused }));
  }

  return { talk, album, slides };
}
