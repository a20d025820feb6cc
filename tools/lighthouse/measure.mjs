// Measures pages with Lighthouse in a headless Chromium: the median of several runs, desktop and mobile. Arguments: app
// address, e-mail, password. RUNS sets how many runs (5), PAGES which pages, CHROMIUM the browser. Prints the table of
// docs/performance.md; the exit status tells whether every page is good enough.
import { loadavg } from 'node:os';

import { launch } from 'chrome-launcher';
import lighthouse, { desktopConfig } from 'lighthouse';

const [app, email, password] = process.argv.slice(2);
const runs = Number(process.env.RUNS ?? 5);
const only = process.env.PAGES?.split(',');
const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1'];
const categories = ['performance', 'accessibility', 'best-practices'];
const wanted = { performance: 90, accessibility: 100, 'best-practices': 100 };
const wantedOnLogin = 95;

/** Calls the API; the session is a cookie as a browser would keep it. */
async function call(method, path, cookie, body) {
  const answer = await fetch(`${app}/api/v1${path}`, {
    method,
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID(), ...(cookie && { Cookie: cookie }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer;
}

const session = (await call('POST', '/auth/login', '', { email, password })).headers.getSetCookie().map((each) => each.split(';')[0]).join('; ');
const { jobs } = await (await call('GET', '/jobs', session)).json();
if (jobs.length === 0) throw new Error('submit a download first: an empty list measures nothing');
const ready = jobs.find((job) => job.state === 'ready') ?? jobs[0];
const pages = { login: '/login', dashboard: '/', files: '/files', job: `/jobs/${ready.id}` };

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

async function measure(path, form) {
  const chrome = await launch({ chromePath: process.env.CHROMIUM ?? '/usr/bin/chromium', chromeFlags: flags });
  try {
    const { lhr } = await lighthouse(
      app + path,
      { port: chrome.port, output: 'json', logLevel: 'error', onlyCategories: categories, ...(path !== '/login' && { extraHeaders: { Cookie: session } }) },
      form === 'desktop' ? desktopConfig : undefined,
    );
    if (lhr.runtimeError) throw new Error(lhr.runtimeError.message);
    return lhr;
  } finally {
    chrome.kill();
  }
}

let bad = false;
console.log('| page | form | performance | accessibility | best practices | FCP | LCP | TBT | CLS | bytes |\n|---|---|---|---|---|---|---|---|---|---|');
for (const [name, path] of Object.entries(pages)) {
  if (only && !only.includes(name)) continue;
  for (const form of ['desktop', 'mobile']) {
    const reports = [];
    for (let run = 0; run < runs; run += 1) reports.push(await measure(path, form));
    const scores = categories.map((each) => Math.round(100 * median(reports.map((report) => report.categories[each].score ?? 0))));
    const figure = (audit) => median(reports.map((report) => report.audits[audit].numericValue ?? 0));
    const figures = [
      `${(figure('first-contentful-paint') / 1000).toFixed(1)} s`, `${(figure('largest-contentful-paint') / 1000).toFixed(1)} s`,
      `${Math.round(figure('total-blocking-time'))} ms`, figure('cumulative-layout-shift').toFixed(3), `${Math.round(figure('total-byte-weight') / 1000)} kB`,
    ];
    console.log(`| ${[name, form, ...scores, ...figures].join(' | ')} |`);
    for (const [at, each] of categories.entries()) {
      const least = each === 'performance' && name === 'login' ? wantedOnLogin : wanted[each];
      if (scores[at] >= least) continue;
      bad = true;
      const failed = Object.values(reports[0].audits).filter((audit) => audit.score !== null && audit.score < 0.9 && reports[0].categories[each].auditRefs.some((ref) => ref.id === audit.id && ref.weight > 0));
      console.log(`  ${name}, ${form}: ${each} is ${scores[at]}, wanted ${least}; ${failed.map((audit) => audit.id).join(', ')}`);
    }
  }
}
console.log(`\n${runs} runs each; load ${loadavg().map((each) => each.toFixed(1)).join(', ')}`);
process.exitCode = bad ? 1 : 0;
