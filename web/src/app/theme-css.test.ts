import { readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

import { themeCss } from './theme-css';

it('matches styles/theme.gen.css; run `npm run gen:theme` after changing the theme', () => {
  expect(readFileSync('src/app/styles/theme.gen.css', 'utf8')).toBe(themeCss());
});
