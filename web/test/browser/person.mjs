// What a person does with an account: open a browser, fill in forms, read mails, use an authenticator app.
import { createHmac } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import { chromium } from 'playwright-core';

/** Starts Chromium, which can reach no machine but this one; with more arguments if they are given. */
export function launch(...more) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
      ...more,
    ],
  });
}

/** Collects the faults on the pages of a context, except texts and addresses that match `expected`. */
export function watchFaults(context, faults, expected) {
  context.on('console', (message) => {
    const text = `${message.text()} ${message.location().url}`;
    if (message.type() === 'error' && !expected.test(text)) faults.push(text);
  });
  context.on('weberror', (error) => faults.push(error.error().message));
}

/** Fills in the sign-in form and submits it. */
export async function sendSignIn(page, email, password) {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** Waits for the downloads page. */
export async function downloadsShown(page) {
  await page.getByLabel(/Magnet links, URLs or info hashes/).waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
}

/** Waits for the sign-in page. */
export async function signInShown(page) {
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
}

/** Waits until the catcher has this many mails to an address, and returns the link in the newest. */
export async function mailedLink(catcher, to, count) {
  const get = async (path) => (await fetch(catcher + path)).json();
  for (;;) {
    const { messages } = await get(`/api/messages?to=${encodeURIComponent(to)}`);
    if (messages.length >= count) {
      const { text } = await get(`/api/messages/${messages[0].id}`);
      return /https?:\/\/\S+[?&]token=[\w-]+/.exec(text)?.[0];
    }
    await pause(100);
  }
}

/** The code that an authenticator app shows for a base32 key, this many steps of 30 seconds from now (RFC 6238). */
export function appCode(key, steps = 0) {
  const bits = [...key.replaceAll(/[\s=]/g, '').toUpperCase()]
    .map((each) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(each).toString(2).padStart(5, '0'))
    .join('');
  const secret = Buffer.from(bits.match(/.{8}/g).map((each) => Number.parseInt(each, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const digest = createHmac('sha1', secret).update(counter).digest();
  const word = digest.readUInt32BE(digest.at(-1) & 15) & 0x7f_ff_ff_ff;
  return String(word % 1_000_000).padStart(6, '0');
}
