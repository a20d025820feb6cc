// Writes what the help page of the app says about each problem, from the tables of docs/problems.md.
import { readFile, writeFile } from 'node:fs/promises';

import { helpOf } from './help.mjs';

const groups = helpOf(await readFile('../docs/problems.md', 'utf8'));
await writeFile('src/features/help/problems.gen.json', `${JSON.stringify(groups, null, 2)}\n`);
