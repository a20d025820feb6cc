// A language for tests: English with an accent on every letter, 40 % longer, in brackets. Whatever a page shows without
// them, and that no answer of the server holds, did not come from a catalogue.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { build } from 'vite';

const plain = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const accented = 'áƀćďéƒǵĥíĵķĺɱńóṕɋŕśťúṽẃẋýźÁƁĆĎÉƑǴĤÍĴĶĹḾŃÓṔɊŔŚŤÚṼẂẊÝŹ';
const accents = new Map([...plain].map((letter, at) => [letter, [...accented][at]]));
const accent = (text) => text.replace(/[a-zA-Z]/g, (letter) => accents.get(letter));

/** Puts a text into the language of tests. What the app fills in, and the tags around it, stay as they are. */
export function pseudo(text) {
  const words = text.replace(/\{\{.*?\}\}|<.*?>/g, '');
  // As words of five letters, because longer texts wrap.
  const longer = 'öñé öñ '.repeat(Math.ceil((words.length * 0.4) / 7)).slice(0, Math.ceil(words.length * 0.4)).trimEnd();
  const body = text.split(/(\{\{.*?\}\}|<.*?>)/).map((part, at) => (at % 2 === 0 ? accent(part) : part)).join('');
  // The spaces of pieces of a sentence stay outside.
  const [, before, middle, after] = /^(\s*)(.*?)(\s*)$/s.exec(body);
  return `${before}⟦${middle}${longer === '' ? '' : ` ${longer}`}⟧${after}`;
}

function translate(texts) {
  return Object.fromEntries(Object.entries(texts).map(([key, value]) => [key, typeof value === 'string' ? pseudo(value) : translate(value)]));
}

/** Builds the app with its catalogues in the language of tests, and returns the folder. */
export async function buildPseudo() {
  const outDir = join('node_modules', '.look-pseudo');
  const plugin = {
    name: 'pseudo-texts',
    enforce: 'pre',
    transform: (code, id) => (/\/src\/.*messages\/[^/]+\.json$/.test(id) ? JSON.stringify(translate(JSON.parse(code))) : undefined),
  };
  await build({ plugins: [plugin], build: { outDir, emptyOutDir: true }, logLevel: 'error' });
  return outDir;
}

/** Makes a pattern that finds a text of a page in English and in the language of tests. */
export function inBoth(text, exact = false) {
  const either = (letter) => (accents.has(letter) ? `[${letter}${accents.get(letter)}]` : letter);
  if (text instanceof RegExp) {
    // Only letters that stand for themselves: not after a backslash, in a class or in the name of a group.
    const source = text.source.replace(/\\.|\[[^\]]*\]|\(\?<?\w*[:=!>]?|\^|\$$|[a-zA-Z]/g, (part) => (part === '^' ? '^⟦?' : part === '$' ? '(?:[ öñé]*⟧)?$' : part.length === 1 ? either(part) : part));
    return new RegExp(source, text.flags);
  }
  const source = text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&').replace(/[a-zA-Z]/g, either);
  return exact ? new RegExp(`^\\s*⟦?${source}(?:[ öñé]*⟧)?\\s*$`) : new RegExp(source, 'i');
}

/** Lets the ways to pages, which name what they press in English, work in the language of tests, too. */
export function speakBoth(page) {
  for (const target of [Object.getPrototypeOf(page), Object.getPrototypeOf(page.locator('body'))]) {
    for (const method of ['getByText', 'getByLabel', 'getByPlaceholder', 'getByTitle', 'getByAltText']) {
      const own = target[method];
      target[method] = function (text, options) {
        return own.call(this, inBoth(text, options?.exact), {});
      };
    }
    const byRole = target.getByRole;
    target.getByRole = function (role, options) {
      return byRole.call(this, role, options?.name === undefined ? options : { ...options, name: inBoth(options.name, options.exact), exact: undefined });
    };
    const filter = target.filter;
    if (filter) target.filter = function (options) {
      return filter.call(this, options?.hasText === undefined ? options : { ...options, hasText: inBoth(options.hasText) });
    };
  }
}

// Reasons keep their texts in a catalogue of their own, and dates, numbers and units come from the browser.
const ownCatalogues = ['own.ts', 'problems.ts', 'steps.ts', 'facts.ts'].map((name) => readFileSync(join('src/lib/reasons', name), 'utf8')).join('\n') + readFileSync('src/features/help/problems.gen.json', 'utf8');
// Comments go first: their apostrophes are no quotes.
const literals = (code) => (code.replaceAll(/\/\*.*?\*\/|^\s*\/\/.*?$/gms, '').match(/'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`[^`]*`/g) ?? []).map((each) => each.slice(1, -1));
const phrases = /[A-Za-z][A-Za-z’'-]+(?: [A-Za-z][A-Za-z’'-]+)*/g;
const fromBrowser = new Set(
  ('B KiB MiB GiB TiB PiB AM PM ago in now yesterday tomorrow today last next second seconds minute minutes hour hours day days week weeks month months year years min at ' +
    'Mon Tue Wed Thu Fri Sat Sun Monday Tuesday Wednesday Thursday Friday Saturday Sunday Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec ' +
    'Longhaul Seedr Seedr.cc cc Firefox Chrome Safari Edge Opera Android Windows macOS Linux iOS iPhone iPad ChromeOS on just moment unknown UTC').split(' '),
);

/** Runs in the page: every text that people see or hear there. */
export function textsOf() {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { parentElement: parent, data } = walker.currentNode;
    if (parent && !parent.closest('script, style, code, pre, .mono, [lang], svg') && parent.checkVisibility()) found.push(data);
  }
  for (const node of document.querySelectorAll('[aria-label], [title], [placeholder], [alt]')) {
    for (const name of ['aria-label', 'title', 'placeholder', 'alt']) if (node.getAttribute(name)) found.push(node.getAttribute(name));
  }
  return [...new Set(found.map((text) => text.trim()))];
}

/** Lists the texts in an answer of the server. */
export function valuesOf(answer) {
  if (typeof answer === 'string') return [answer];
  return answer === null || typeof answer !== 'object' ? [] : Object.values(answer).flatMap(valuesOf);
}

/** Names the texts that came neither from a catalogue nor from the server, whose texts are the answers. */
export function strays(texts, answers) {
  const given = new Set(answers);
  const known = [...given, ...literals(ownCatalogues)].join('\n').toLowerCase();
  const reasonWords = new Set(literals(ownCatalogues).join(' ').toLowerCase().match(/[a-z’']+/g));
  const wordsOf = (phrase) => phrase.split(/[^A-Za-z’']+/);
  const fromElsewhere = (phrase) =>
    known.includes(phrase.toLowerCase()) ||
    wordsOf(phrase).every((word) => fromBrowser.has(word)) ||
    // Reasons are put together from pieces, and from names that the server gave.
    wordsOf(phrase).every((word) => fromBrowser.has(word) || reasonWords.has(word.toLowerCase()) || given.has(word));
  return texts.filter((text) => (text.match(phrases) ?? []).some((phrase) => !fromElsewhere(phrase)));
}
