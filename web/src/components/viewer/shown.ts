import type { LanguageFn } from 'highlight.js';
import type { ReactNode } from 'react';

/** A file to show. */
export interface Shown {
  id: string;
  name: string;
  contentType: string;
  size: number;
}

/** Another file of the same kind in the same place. */
export interface Neighbour {
  key: string;
  name: string;
  open: () => void;
}

/** Files of the same kind in the same place, and which of them is open. */
export interface Row {
  all: readonly Neighbour[];
  at: number;
}

/** Shows a file of one's own from a link. */
export type StageWith = (file: Shown, url: string, onBroken: () => void, row: Row) => ReactNode;

/** How a file is shown. */
export type ShownAs = 'video' | 'audio' | 'image' | 'pdf' | 'markdown' | 'nfo' | 'code' | 'text' | 'none';

type Grammar = () => Promise<{ default: LanguageFn }>;

const grammars: Record<string, Grammar> = {
  bash: () => import('highlight.js/lib/languages/bash'),
  c: () => import('highlight.js/lib/languages/c'),
  cpp: () => import('highlight.js/lib/languages/cpp'),
  csharp: () => import('highlight.js/lib/languages/csharp'),
  css: () => import('highlight.js/lib/languages/css'),
  go: () => import('highlight.js/lib/languages/go'),
  ini: () => import('highlight.js/lib/languages/ini'),
  java: () => import('highlight.js/lib/languages/java'),
  javascript: () => import('highlight.js/lib/languages/javascript'),
  json: () => import('highlight.js/lib/languages/json'),
  kotlin: () => import('highlight.js/lib/languages/kotlin'),
  lua: () => import('highlight.js/lib/languages/lua'),
  makefile: () => import('highlight.js/lib/languages/makefile'),
  php: () => import('highlight.js/lib/languages/php'),
  python: () => import('highlight.js/lib/languages/python'),
  ruby: () => import('highlight.js/lib/languages/ruby'),
  rust: () => import('highlight.js/lib/languages/rust'),
  sql: () => import('highlight.js/lib/languages/sql'),
  swift: () => import('highlight.js/lib/languages/swift'),
  typescript: () => import('highlight.js/lib/languages/typescript'),
  xml: () => import('highlight.js/lib/languages/xml'),
  yaml: () => import('highlight.js/lib/languages/yaml'),
};

const languages = new Map(Object.entries({
  sh: 'bash', bash: 'bash', zsh: 'bash', c: 'c', h: 'c', cc: 'cpp', cpp: 'cpp', hpp: 'cpp', cs: 'csharp', css: 'css', go: 'go', ini: 'ini', toml: 'ini', conf: 'ini',
  cfg: 'ini', java: 'java', js: 'javascript', mjs: 'javascript', jsx: 'javascript', json: 'json', kt: 'kotlin', lua: 'lua', mk: 'makefile', php: 'php', py: 'python',
  rb: 'ruby', rs: 'rust', sql: 'sql', swift: 'swift', ts: 'typescript', tsx: 'typescript', xml: 'xml', html: 'xml', htm: 'xml', svg: 'xml', opf: 'xml', yaml: 'yaml', yml: 'yaml',
}));

const texts = new Set(['txt', 'log', 'srt', 'vtt', 'ass', 'sub', 'sfv', 'md5', 'sha1', 'sha256', 'csv', 'tsv', 'cue', 'm3u', 'm3u8', 'tex', 'rst', 'diff', 'patch', 'nzb', 'url']);

function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot < 0 ? '' : name.slice(dot + 1).toLowerCase();
}

/** Returns the grammar of a file of code; undefined for none. */
export function grammarOf(name: string): { language: string; load: Grammar } | undefined {
  const language = languages.get(extensionOf(name));
  const load = language === undefined ? undefined : grammars[language];
  return language !== undefined && load ? { language, load } : undefined;
}

/** Returns how a file is shown, by its name and the type that it is delivered as. */
export function shownAs(file: Pick<Shown, 'name' | 'contentType'>): ShownAs {
  const [type = ''] = file.contentType.split('/');
  const extension = extensionOf(file.name);
  // Some pictures of text are code: an .svg is never delivered as an image. And .ts is a video only for the server.
  if (type === 'video' || type === 'audio') return type;
  if (extension === 'svg') return 'code';
  if (type === 'image') return 'image';
  if (extension === 'pdf' || file.contentType === 'application/pdf') return 'pdf';
  if (extension === 'md' || extension === 'markdown') return 'markdown';
  if (extension === 'nfo' || extension === 'diz') return 'nfo';
  if (grammarOf(file.name)) return 'code';
  return type === 'text' || texts.has(extension) ? 'text' : 'none';
}
