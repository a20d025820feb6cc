import { growth } from '@test/growth';
import { describe, expect, it } from 'vitest';

import { buildTree, pathMatcher, sizeOf, startClosed, visibleRows } from './file-tree';

const files = [
  { index: 0, path: 'Show/Season 1/ep10.mkv', size: 10 },
  { index: 1, path: 'Show/Season 1/ep2.mkv', size: 2 },
  { index: 2, path: 'Show/readme.txt', size: 1 },
];

describe('buildTree', () => {
  it('puts folders before files and sorts numbers as numbers', () => {
    const rows = visibleRows(buildTree(files), new Set());
    expect(rows.map((row) => `${row.depth} ${row.name}`)).toEqual(['0 Show', '1 Season 1', '2 ep2.mkv', '2 ep10.mkv', '1 readme.txt']);
  });

  it('adds up sizes and lists the files below each folder', () => {
    const [show] = buildTree(files).children;
    expect(show).toMatchObject({ kind: 'folder', size: 13, indexes: [0, 1, 2] });
  });

  it('has an unknown size when a file below has one', () => {
    const root = buildTree([...files, { index: 3, path: 'Show/live.ts', size: -1 }]);
    expect(root.size).toBe(-1);
  });

  it('hides the content of closed folders', () => {
    const rows = visibleRows(buildTree(files), new Set(['Show/Season 1']));
    expect(rows.map((row) => row.name)).toEqual(['Show', 'Season 1', 'readme.txt']);
  });

  it('starts with only the outermost folder open when there are many files', () => {
    const many = Array.from({ length: 100 }, (_, index) => ({ index, path: `Top/Part ${index % 4}/f${index}`, size: 1 }));
    const root = buildTree(many);
    expect(visibleRows(root, startClosed(root)).map((row) => row.name)).toEqual(['Top', 'Part 0', 'Part 1', 'Part 2', 'Part 3']);
  });
});

describe('pathMatcher', () => {
  it.each([
    ['*.mkv', 'Show/ep2.mkv', true],
    ['*.mkv', 'Show/ep2.mkv.txt', false],
    ['*.mkv, *.srt', 'Show/ep2.srt', true],
    ['season 1', 'Show/Season 1/x', true],
    ['ep?.mkv', 'Show/ep10.mkv', false],
    ['a+b(1).*', 'a+b(1).iso', true],
    ['ep??.mkv', 'Show/ep10.mkv', true],
    ['*a*b*', 'xxaxxbxx', true],
    ['*a*b', 'xxaxxbxx', false],
    ['show/**', 'Show/ep2.mkv', true],
    ['', 'anything', true],
  ])('%s on %s is %s', (query, path, matches) => expect(pathMatcher(query)(path)).toBe(matches));

  it('takes time in proportion to a hostile path', () => {
    const matches = pathMatcher(`${'*a'.repeat(20)}*x`);
    expect(growth(500, (n) => () => matches('a'.repeat(n)))).toBeLessThan(32);
  });
});

it('sums the chosen sizes', () => {
  expect(sizeOf(files, new Set([0, 2]))).toBe(11);
});

it('has no sum when the size of a chosen file is unknown', () => {
  const unknown = [...files, { index: 9, path: 'stream.ts', size: -1 }];
  expect(sizeOf(unknown, new Set([0, 9]))).toBe(-1);
  expect(sizeOf(unknown, new Set([0]))).toBeGreaterThan(0);
});
