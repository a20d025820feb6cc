import { describe, expect, it } from 'vitest';

import { parseInline, parseMarkdown, safeHref } from './markdown';

const plain = (text: string) => [{ kind: 'text', text }];

describe('Markdown', () => {
  it('has headings, paragraphs, lists, quotes, tables and rules', () => {
    expect(parseMarkdown('# One\n\nTwo\nlines\n\n- a\n  b\n- c\n\n1. d\n\n> **q**\n\n---\n| h | i |\n|---|---|\n| x \\| y | z |\n')).toEqual([
      { kind: 'heading', level: 2, inner: plain('One') },
      { kind: 'paragraph', inner: plain('Two lines') },
      { kind: 'list', ordered: false, items: [plain('a b'), plain('c')] },
      { kind: 'list', ordered: true, items: [plain('d')] },
      { kind: 'quote', blocks: [{ kind: 'paragraph', inner: [{ kind: 'strong', inner: plain('q') }] }] },
      { kind: 'rule' },
      { kind: 'table', head: [plain('h'), plain('i')], rows: [[plain('x | y'), plain('z')]] },
    ]);
  });

  it('keeps HTML and escaped characters as text', () => {
    expect(parseInline('<script>alert(1)</script> &amp; \\*not em\\* \\<b\\>')).toEqual(plain('<script>alert(1)</script> &amp; *not em* <b>'));
  });

  it('links only to pages, the web and mail', () => {
    expect(parseInline('[a](/dmca) [b](javascript:alert(1)) <x@example.com>')).toEqual([
      { kind: 'link', href: '/dmca', inner: plain('a') },
      { kind: 'text', text: ' [b](javascript:alert(1)) ' },
      { kind: 'link', href: 'mailto:x@example.com', inner: plain('x@example.com') },
    ]);
    for (const bad of ['//evil.example', '/\\evil.example', 'data:text/html,x', 'JavaScript:x', 'vbscript:x', '']) expect(safeHref(bad)).toBeUndefined();
    for (const good of ['/', '/terms', 'https://example.com/a?b#c', 'MAILTO:a@example.com']) expect(safeHref(good)).toBe(good);
  });

  it('reads long lines in a time that grows with them alone', () => {
    const started = performance.now();
    for (const text of ['*'.repeat(50_000), '['.repeat(50_000), '`'.repeat(50_001), '**a'.repeat(20_000), '<a'.repeat(20_000)]) parseMarkdown(text);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
