// Guards the weight of the first visit: what a browser loads before the sign-in page, the downloads, the files and a
// download can show, in bytes of gzip. Run `npm run build` first. A budget that breaks says which parts weigh most.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const dist = 'dist';
const kilobyte = 1000;
// Script; the style sheets and the font of the page are the same everywhere.
const budgets = { '/login': 187.5, '/': 257, '/files': 285.5, '/jobs/': 274.5 };
const styleBudget = 19;
const fontBudget = 47;

const weigh = (name) => gzipSync(readFileSync(join(dist, name)), { level: 9 }).length;
const page = readFileSync(join(dist, 'index.html'), 'utf8');
const named = (pattern) => [...page.matchAll(pattern)].map(([, name]) => name);
const base = named(/(?:src|href)="\/(assets\/[^"]+\.js)"/g);
const starts = JSON.parse(readFileSync(join(dist, 'preload.json'), 'utf8'));

const faults = [];
function check(label, names, budget, bytesOf = weigh) {
  const sizes = names.map((name) => [bytesOf(name), name]).sort(([a], [b]) => b - a);
  const total = sizes.reduce((sum, [size]) => sum + size, 0);
  console.log(`${label}: ${(total / kilobyte).toFixed(1)} of ${budget} kB in ${names.length} files`);
  if (total <= budget * kilobyte) return;
  faults.push(`${label} weighs too much; the heaviest: ${sizes.slice(0, 8).map(([size, name]) => `${name} ${(size / kilobyte).toFixed(1)}`).join(', ')}`);
}

for (const [path, budget] of Object.entries(budgets)) check(`script of ${path}`, [...base, ...(starts[path]?.scripts ?? [])], budget);
check('styles of the page', named(/href="\/(assets\/[^"]+\.css)"/g), styleBudget);
check('font', named(/href="\/(assets\/[^"]+\.woff2)"/g), fontBudget, (name) => readFileSync(join(dist, name)).length);

if (faults.length > 0) {
  console.error(faults.join('\n'));
  process.exitCode = 1;
}
