/** A piece of a line of Markdown. */
export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'code'; text: string }
  | { kind: 'strong' | 'em'; inner: Inline[] }
  | { kind: 'link'; href: string; inner: Inline[] };

/** A block of Markdown. */
export type Block =
  | { kind: 'heading'; level: 2 | 3 | 4; inner: Inline[] }
  | { kind: 'paragraph'; inner: Inline[] }
  | { kind: 'quote'; blocks: Block[] }
  | { kind: 'list'; ordered: boolean; items: Inline[][] }
  | { kind: 'table'; head: Inline[][]; rows: Inline[][][] }
  | { kind: 'rule' };

/** Where a link may lead: a page of this app, the web, or a mail. Anything else stays text. */
export function safeHref(href: string): string | undefined {
  if (/^\/(?![/\\])/.test(href) || /^#[\w-]*$/.test(href)) return href;
  return /^(https?:\/\/|mailto:)[^\s]+$/i.test(href) ? href : undefined;
}

const inlinePattern = /\\([!-/:-@[-`{-~])|`([^`]+)`|\*\*(.+?)\*\*|\*([^*\s][^*]*)\*|\[((?:\\.|[^\]\\])*)\]\(([^()\s]+)\)|<(https?:\/\/[^<>\s]+|[^<>\s@]+@[^<>\s@]+)>/;

/** Reads a line. HTML in it stays text. */
export function parseInline(line: string): Inline[] {
  const out: Inline[] = [];
  const push = (text: string) => {
    const last = out.at(-1);
    if (text === '') return;
    if (last?.kind === 'text') last.text += text;
    else out.push({ kind: 'text', text });
  };
  let rest = line;
  for (let found = inlinePattern.exec(rest); found; found = inlinePattern.exec(rest)) {
    const [whole, escaped, code, strong, em, label, href, auto] = found;
    push(rest.slice(0, found.index));
    rest = rest.slice(found.index + whole.length);
    if (escaped !== undefined) push(escaped);
    else if (code !== undefined) out.push({ kind: 'code', text: code });
    else if (strong !== undefined) out.push({ kind: 'strong', inner: parseInline(strong) });
    else if (em !== undefined) out.push({ kind: 'em', inner: parseInline(em) });
    else if (auto !== undefined) out.push({ kind: 'link', href: auto.includes('://') ? auto : `mailto:${auto}`, inner: [{ kind: 'text', text: auto }] });
    else {
      const to = safeHref(href ?? '');
      if (to === undefined) push(whole);
      else out.push({ kind: 'link', href: to, inner: parseInline(label ?? '') });
    }
  }
  push(rest);
  return out;
}

const bullet = /^[-*+] +/;
const numbered = /^\d+[.)] +/;
const starts = (line: string) => /^(#{1,6} |>|\||---+$)/.test(line) || bullet.test(line) || numbered.test(line);

function cells(row: string): Inline[][] {
  return row.replace(/^\||\|$/g, '').split(/(?<!\\)\|/).map((cell) => parseInline(cell.trim()));
}

/** Takes the lines of a list's items, of which those that go on are indented or plain. */
function takeList(lines: string[], marker: RegExp): Inline[][] {
  const items: string[] = [];
  while (lines[0] !== undefined && lines[0] !== '') {
    const line = lines[0];
    if (marker.test(line)) items.push(line.replace(marker, ''));
    else if (/^\s/.test(line) || !starts(line)) items.push(`${items.pop() ?? ''} ${line.trim()}`);
    else break;
    lines.shift();
  }
  return items.map(parseInline);
}

function takeWhile(lines: string[], fits: (line: string) => boolean): string[] {
  const out: string[] = [];
  while (lines[0] !== undefined && fits(lines[0])) out.push(lines.shift() ?? '');
  return out;
}

function takeBlock(lines: string[]): Block {
  const line = lines[0] ?? '';
  const heading = /^(#{1,6}) +(.*?)#*$/.exec(line);
  if (heading) {
    lines.shift();
    const level = Math.min(4, Math.max(2, heading[1]?.length ?? 2)) as 2 | 3 | 4;
    return { kind: 'heading', level, inner: parseInline(heading[2]?.trim() ?? '') };
  }
  if (/^---+$/.test(line)) {
    lines.shift();
    return { kind: 'rule' };
  }
  if (line.startsWith('>')) {
    return { kind: 'quote', blocks: parseMarkdown(takeWhile(lines, (each) => each.startsWith('>')).map((each) => each.replace(/^> ?/, '')).join('\n')) };
  }
  if (bullet.test(line)) return { kind: 'list', ordered: false, items: takeList(lines, bullet) };
  if (numbered.test(line)) return { kind: 'list', ordered: true, items: takeList(lines, numbered) };
  if (line.startsWith('|')) {
    const [head = '', , ...rows] = takeWhile(lines, (each) => each.startsWith('|'));
    return { kind: 'table', head: cells(head), rows: rows.map(cells) };
  }
  const first = lines.shift() ?? '';
  return { kind: 'paragraph', inner: parseInline([first, ...takeWhile(lines, (each) => each !== '' && !starts(each))].map((each) => each.trim()).join(' ')) };
}

/** Reads Markdown: headings, paragraphs, quotes, flat lists and tables. HTML in it stays text. */
export function parseMarkdown(text: string): Block[] {
  const lines = text.split(/\r?\n/).map((line) => line.trimEnd());
  const out: Block[] = [];
  while (lines.length > 0) {
    if (lines[0] === '') lines.shift();
    else out.push(takeBlock(lines));
  }
  return out;
}
