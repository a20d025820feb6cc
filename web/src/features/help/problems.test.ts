import { readFileSync } from 'node:fs';

import { helpOf } from '../../../scripts/help.mjs';
import { problems } from '@/lib/reasons/problems';
import { describe, expect, it } from 'vitest';

import groups from './problems.gen.json';

describe('the help about problems', () => {
  it('says what docs/problems.md says; run npm run gen after a change there', () => {
    expect(groups).toEqual(helpOf(readFileSync('../docs/problems.md', 'utf8')));
  });

  it('has every problem that a download can show', () => {
    const codes = groups.flatMap((group) => group.problems.map(({ code }) => code));
    expect(Object.keys(problems).filter((code) => !codes.includes(code))).toEqual([]);
  });

  it('has no markup of the documentation left over', () => {
    expect(JSON.stringify(groups)).not.toMatch(/\]\(|Admin: /);
  });
});
