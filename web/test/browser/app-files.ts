import type { ServerResponse } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';

const mediaTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

interface Early {
  scripts: string[];
  styles: string[];
  answers: string[];
}

/** Returns what the real server names along with a page: see api/early.go. */
async function linksOf(dist: string, address: URL, signedIn: boolean): Promise<string> {
  const starts = JSON.parse(await readFile(join(dist, 'preload.json'), 'utf8')) as Record<string, Early>;
  const [, first = '', id = ''] = address.pathname.split('/');
  const path = first === 'jobs' ? '/jobs/' : address.pathname;
  const start = starts[signedIn || !starts[path] ? path : '/login'];
  if (!start) return '';
  const asked = start.answers.filter((each) => !each.includes('?') || address.search === '').map((each) => each.replace('{id}', id));
  return [
    ...asked.map((each) => `<${each}>; rel=preload; as=fetch; crossorigin`),
    ...start.scripts.map((each) => `</${each}>; rel=modulepreload`),
    ...start.styles.map((each) => `</${each}>; rel=preload; as=style; crossorigin`),
  ].join(', ');
}

/** Serves a file of the built app, or its page, compressed and kept by browsers as the real server does. */
export async function serveApp(response: ServerResponse, dist: string, address: URL, signedIn: boolean, policy: string): Promise<void> {
  const isPage = extname(address.pathname) === '';
  const name = isPage ? 'index.html' : normalize(address.pathname).replace(/^(\.\.[/\\])+/, '');
  const small = await readFile(join(dist, `${name}.br`)).catch(() => null);
  const body = small ?? (await readFile(join(dist, name)).catch(() => null));
  response.writeHead(body ? 200 : 404, {
    'Content-Type': mediaTypes[extname(name)] ?? 'application/octet-stream',
    'Content-Security-Policy': policy,
    'Cache-Control': name.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    ...(small && { 'Content-Encoding': 'br' }),
    ...(isPage && { Link: await linksOf(dist, address, signedIn) }),
  });
  response.end(body ?? '');
}
