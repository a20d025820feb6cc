import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

import messages from '../public/_locales/en/messages.json';

it('has no text that nothing uses', () => {
  const root = join(import.meta.dirname, '..');
  const files = ['lib', 'entrypoints'].flatMap((folder) => readdirSync(join(root, folder)).filter((name) => /(?<!\.test)\.tsx?$/.test(name)).map((name) => join(root, folder, name)));
  const code = [...files, join(root, 'wxt.config.ts')].map((file) => readFileSync(file, 'utf8')).join('\n');
  expect(Object.keys(messages).filter((key) => !code.includes(`'${key}'`) && !code.includes(`__MSG_${key}__`))).toEqual([]);
});
