// Has pages of other origins try to act for a signed-in admin, in Chromium: with forms, requests with the cookie, images,
// and forms that navigate. Arguments: app address, source of the human check's answers, e-mail, password, the other
// server, the requests to try as JSON: method, path, body. Prints one JSON line with what it saw; any failure exits with
// its message.
import { downloadsShown, launch, sendSignIn, watchFaults } from './person.mjs';
import { standIn } from './turnstile.mjs';

const [app, answers, email, password, elsewhere, json] = process.argv.slice(2);
const tries = JSON.parse(json).map(({ method, path, body }) => ({ method, url: app + path, body: JSON.stringify(body ?? {}) }));

const browser = await launch();
const faults = [];
const statuses = {};
let cookies = 0;

/** Runs in the other page: every way to reach the app without navigating. */
async function attack(list) {
  const settled = (promise) => promise.catch(() => undefined);
  const image = (url) =>
    new Promise((resolve) => {
      const each = new Image();
      each.onload = each.onerror = resolve;
      each.src = url;
    });
  const framed = (form) =>
    new Promise((resolve) => {
      const frame = document.createElement('iframe');
      frame.name = form.target = `frame-${Math.random()}`;
      document.body.append(frame, form);
      frame.addEventListener('load', () => resolve());
      form.submit();
    });
  for (const { method, url, body } of list) {
    await settled(fetch(url, { method, credentials: 'include', headers: { 'Content-Type': 'application/json' }, body }));
    await image(url);
    if (method !== 'POST') continue;
    await settled(fetch(url, { method, mode: 'no-cors', credentials: 'include', headers: { 'Content-Type': 'text/plain' }, body }));
    await framed(globalThis.formOf(url, body));
  }
}

/** Runs in the other page: makes a form whose text is the JSON body, with an extra member that holds its "=". */
function addFormOf() {
  globalThis.formOf = (url, body) => {
    const form = document.createElement('form');
    const field = document.createElement('input');
    Object.assign(form, { method: 'post', enctype: 'text/plain', action: url });
    field.name = `${body.slice(0, -1)}${body === '{}' ? '' : ','}"x":"`;
    field.value = '"}';
    form.append(field);
    return form;
  };
}

try {
  const context = await browser.newContext();
  await standIn(context, answers);
  const mine = await context.newPage();
  mine.setDefaultTimeout(60_000);
  await mine.goto(app);
  await sendSignIn(mine, email, password);
  await downloadsShown(mine);

  // The other pages are meant to be refused, in whatever words the browser has for it.
  watchFaults(context, faults, /40[0345]|CORS policy|ERR_FAILED|ERR_BLOCKED_BY_RESPONSE|frame-ancestors|X-Frame-Options|chrome-error:/);
  const waiting = [];
  context.on('response', (response) => {
    const request = response.request();
    if (!response.url().startsWith(`${app}/`) || request.method() === 'GET' || request.method() === 'OPTIONS') return;
    statuses[response.status()] = (statuses[response.status()] ?? 0) + 1;
    const count = async () => {
      const headers = await request.allHeaders().catch(() => ({}));
      if (headers.cookie?.includes('__Host-sid=')) cookies += 1;
    };
    waiting.push(count());
  });
  // Another site, and another origin of the same site: the browser sends the latter the cookie.
  for (const origin of [elsewhere, elsewhere.replace('127.0.0.1', 'localhost')]) {
    const page = await context.newPage();
    await page.addInitScript(addFormOf);
    await page.goto(origin);
    await page.evaluate(attack, tries);
    for (const { url, body } of tries.filter(({ method }) => method === 'POST')) {
      await page.goto(origin);
      const there = page.waitForURL(url);
      await page.evaluate(([to, text]) => {
        const form = globalThis.formOf(to, text);
        document.body.append(form);
        form.submit();
      }, [url, body]);
      await there;
    }
    await page.close();
  }
  await Promise.all(waiting);
  const answered = { ...statuses };
  // The admin is still signed in, and the app's own page can do what the others can't.
  await mine.reload();
  await downloadsShown(mine);
  const own = await mine.evaluate(async ({ method, url, body }) => {
    const answer = await fetch(url, { method, headers: { 'Content-Type': 'application/json' }, body });
    return answer.status;
  }, tries[0]);
  console.log(JSON.stringify({ statuses: answered, cookies, own, faults }));
} finally {
  await browser.close();
}
