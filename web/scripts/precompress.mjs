// Leaves a brotli and a gzip form beside each built text, which the server sends to browsers that take them.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const texts = new Set(['.js', '.css', '.html', '.svg', '.txt', '.json']);
const smallest = 512;
const forms = {
  '.br': (text) => promisify(brotliCompress)(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: text.length } }),
  '.gz': (text) => promisify(gzip)(text, { level: 9 }),
};

const dist = process.argv[2] ?? 'dist';
const sums = { '': 0, '.br': 0, '.gz': 0 };
for (const entry of await readdir(dist, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  if (!entry.isFile() || !texts.has(extname(entry.name))) continue;
  const text = await readFile(path);
  if (text.length < smallest) continue;
  sums[''] += text.length;
  for (const [ending, compress] of Object.entries(forms)) {
    const small = await compress(text);
    sums[ending] += small.length;
    await writeFile(path + ending, small);
  }
}
console.log(`compressed ${sums['']} bytes to ${sums['.br']} (brotli), ${sums['.gz']} (gzip)`);
