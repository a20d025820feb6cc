// Takes the network, the server, the session, the storage and a part of the app away from an open page, and looks what
// it says. Arguments: app address, e-mail, password, process id of the API. Prints one JSON line: after how many
// seconds the page said so, and after how many it was live again; any failure exits with its message.
import { downloadsShown, launch, sendSignIn, signInShown, watchFaults } from './person.mjs';

const [app, email, password, pid] = process.argv.slice(2);

const said = {};
const recovered = {};
const faults = [];
const browser = await launch();

/** Returns how many seconds something takes. */
async function timed(what) {
  const started = Date.now();
  await what();
  return (Date.now() - started) / 1000;
}

/** Opens the downloads of a new browser. */
async function signIn(init) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  if (init) await context.addInitScript(init);
  // What is taken away shows in the console, as do the refusals of a session that ended.
  watchFaults(context, faults, /Failed to load resource|ERR_|40[14]|Failed to fetch|module script|TypeError/);
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(app);
  await sendSignIn(page, email, password);
  await downloadsShown(page);
  return { context, page };
}

const live = (page) => page.getByText('Live', { exact: true }).waitFor();

/** Calls the API as the context's user, past the network of the page. */
async function call(context, method, path, body) {
  const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  const answer = await fetch(`${app}/api/v1${path}`, {
    method,
    headers: { Cookie: cookie, 'Idempotency-Key': crypto.randomUUID(), ...(body && { 'Content-Type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer;
}

/** Submits a download from elsewhere; it shows in the list by its name. */
async function submitElsewhere(context, name) {
  const hash = [...name].map((each) => each.charCodeAt(0).toString(16)).join('').padEnd(40, '0').slice(0, 40);
  await call(context, 'POST', '/jobs', { source: `magnet:?xt=urn:btih:${hash}&dn=${name}` });
}

async function offline() {
  const { context, page } = await signIn();
  said.offline = await timed(async () => {
    await context.setOffline(true);
    await page.getByText(/^You're offline/).waitFor();
  });
  await submitElsewhere(context, 'while-offline');
  recovered.offline = await timed(async () => {
    await context.setOffline(false);
    await live(page);
  });
  await page.getByRole('link', { name: 'while-offline' }).first().waitFor();
  await context.close();
}

async function stoppedAndKilled() {
  const { context, page } = await signIn();
  said.stopped = await timed(async () => {
    process.kill(Number(pid), 'SIGSTOP');
    try {
      await page.getByText(/^The server hasn't responded since/).waitFor();
    } catch (error) {
      process.kill(Number(pid), 'SIGCONT');
      throw error;
    }
  });
  recovered.stopped = await timed(async () => {
    process.kill(Number(pid), 'SIGCONT');
    await live(page);
  });
  await page.getByRole('button', { name: 'Try now' }).waitFor({ state: 'detached' });
  said.killed = await timed(async () => {
    process.kill(Number(pid), 'SIGKILL');
    await page.getByText(/^(Reconnecting|Stale since)/).first().waitFor();
  });
  recovered.killed = await timed(() => live(page));
  await submitElsewhere(context, 'after-the-kill');
  await page.getByRole('link', { name: 'after-the-kill' }).first().waitFor();
  await context.close();
}

/** A session that someone ends elsewhere: the page says so, and keeps the place for after the sign-in. */
async function revoked() {
  const { context, page } = await signIn();
  const other = await signIn();
  await page.goto(`${app}/usage`);
  await page.getByRole('heading', { name: 'Usage' }).first().waitFor();
  await live(page);
  said.revoked = await timed(async () => {
    await call(other.context, 'DELETE', '/auth/sessions/others');
    await signInShown(page);
  });
  await page.getByText('You were signed out.').waitFor();
  await sendSignIn(page, email, password);
  await page.waitForURL(`${app}/usage`);
  await context.close();
  await other.context.close();
}

/** A browser that keeps nothing: the app works, and the settings say that they do not last. */
async function fullStorage() {
  const { context, page } = await signIn(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
  });
  await page.getByRole('link', { name: 'Settings' }).first().click();
  await page.getByText(/doesn't let Longhaul keep settings/).waitFor();
  await context.close();
}

/** A release takes parts away: the page reloads once; where that does not help, it explains. */
async function release() {
  const { context, page } = await signIn();
  let taken = 0;
  await page.route(/\/assets\/settings-routes-[^/]+\.js/, async (route) => {
    taken += 1;
    if (taken > 1) await route.continue();
    else await route.fulfill({ status: 404, body: '' });
  });
  await page.getByRole('link', { name: 'Usage' }).first().click();
  await page.getByRole('heading', { name: 'Usage' }).first().waitFor();
  if (taken < 2) throw new Error(`the part was asked for ${taken} times`);
  await page.unrouteAll();
  await page.route(/\/assets\/admin-routes-[^/]+\.js/, (route) => route.fulfill({ status: 404, body: '' }));
  await page.getByRole('link', { name: 'Admin' }).first().click();
  await page.getByText("This page didn't load").waitFor();
  await page.unrouteAll();
  await page.getByRole('button', { name: 'Reload' }).click();
  await page.getByRole('heading', { name: /Overview/ }).first().waitFor();
  await context.close();
}

try {
  await offline();
  await revoked();
  await fullStorage();
  await release();
  await stoppedAndKilled();
  console.log(JSON.stringify({ said, recovered, faults }));
} finally {
  await browser.close();
}
