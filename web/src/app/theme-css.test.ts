import { readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

import { themeCss } from './theme-css';

it('is what styles/theme.gen.css holds; run `npm run gen:theme` after a change of the theme', () => {
  expect(readFileSync('src/app/styles/theme.gen.css', 'utf8')).toBe(themeCss());
});
