// Packs each build into a zip that depends on its files alone: sorted names, one date, no owner.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import JSZip from 'jszip';

const output = new URL('../.output/', import.meta.url).pathname;
const date = new Date('2026-01-01T00:00:00Z');
const most = 150_000;

for (const browser of ['chrome', 'firefox']) {
  const folder = join(output, browser);
  const { version } = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  const zip = new JSZip();
  for (const name of names.sort()) zip.file(name, await readFile(join(folder, name)), { date, createFolders: false });
  const packed = await zip.generateAsync({ type: 'nodebuffer', compression: 'DEFLATE', compressionOptions: { level: 9 }, platform: 'UNIX' });
  if (packed.length > most) throw new Error(`the package for ${browser} has ${packed.length} bytes, more than ${most}`);
  await mkdir(output, { recursive: true });
  const path = join(output, `longhaul-${version}-${browser}.zip`);
  await writeFile(path, packed);
  console.log(`${path.slice(output.length)}: ${packed.length} bytes`);
}
