import { expect, it } from 'vitest';

import { addCatalogue, text } from './messages';

const en = { files_one: '{{count}} file of {{name}}', files_other: '{{count}} files of {{name}}' };

declare module './messages' {
  interface Catalogues {
    sample: typeof en;
  }
}

it('counts in words and leaves names as they are', () => {
  addCatalogue('sample', en);
  expect(text('sample:files', { count: 1, name: '<b>&' })).toBe('1 file of <b>&');
  expect(text('sample:files', { count: 3, name: 'x' })).toBe('3 files of x');
});
