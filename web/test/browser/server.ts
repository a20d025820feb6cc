import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import type { World } from '../world';

import { makeProgress } from '../fixtures';
import { serveApp } from './app-files';

/** The policy of the real server, so that what it forbids fails here too. */
function policy(files: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src 'self' data: blob: ${files}`,
    "font-src 'self'",
    `connect-src 'self' ${files}`,
    `media-src 'self' blob: ${files}`,
    "worker-src 'self' blob:",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ');
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}

async function requestOf(message: IncomingMessage, origin: string): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const headers = new Headers();
  for (const [name, value] of Object.entries(message.headers)) if (typeof value === 'string') headers.set(name, value);
  const method = message.method ?? 'GET';
  const body = method === 'GET' ? null : Buffer.concat(chunks);
  return new Request(new URL(message.url ?? '/', origin), { method, headers, body });
}

function stream(response: ServerResponse, world: () => World): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  let tick = 0;
  const send = () => {
    tick += 1;
    const batch = world()
      .jobs.filter((job) => job.state === 'downloading' && job.progress && job.progress.downRate > 0)
      .map((job) => {
        const before = job.progress ?? makeProgress(job.id);
        const downRate = 24e6 + 9e6 * Math.sin(tick / 5) + 3e6 * Math.sin(tick * 1.7);
        return { ...before, downRate: Math.round(downRate), updatedAt: new Date(Date.now() - 90_000 + tick * 1000).toISOString() };
      });
    if (batch.length > 0) response.write(`event: progress\ndata: ${JSON.stringify(batch)}\n\n`);
    else response.write(': ping\n\n');
  };
  for (let before = 0; before < 90; before += 1) send();
  const timer = setInterval(send, 1000);
  response.on('close', () => clearInterval(timer));
}

/** Serves user files on their own origin, with ranges, as delivery does. */
function serveFiles(stage: () => Stage): Server {
  return createServer((message, response) => {
    const [, kind, secret = '', ...rest] = message.url?.split('/') ?? [];
    const refusal = stage().refuse(message.url ?? '');
    if (refusal === 0) {
      response.destroy();
      return;
    }
    // A stream is a folder of files; its secret is the file's id and a number.
    const key = kind === 'h' ? [secret.split('~')[0], ...rest].join('/') : secret;
    const file = stage().contents.get(key);
    if (refusal !== undefined || !file) {
      response.writeHead(refusal ?? 404, { 'Access-Control-Allow-Origin': '*' }).end();
      return;
    }
    const range = /^bytes=(\d+)-(\d*)$/.exec(message.headers.range ?? '');
    const start = range ? Number(range[1]) : 0;
    const end = Math.min(file.bytes.length - 1, range?.[2] ? Number(range[2]) : file.bytes.length - 1);
    response.writeHead(range ? 206 : 200, {
      'Content-Type': file.type,
      'Content-Length': end - start + 1,
      'Accept-Ranges': 'bytes',
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Allow-Headers': 'Range',
      'Cross-Origin-Resource-Policy': 'cross-origin',
      ...(range && { 'Content-Range': `bytes ${start}-${end}/${file.bytes.length}` }),
    });
    response.end(file.bytes.subarray(start, end + 1));
  });
}

export interface Stage {
  app: string;
  world: World;
  contents: Map<string, { type: string; bytes: Uint8Array }>;
  /** The status that a file is refused with by its path, 0 for a connection that ends; undefined to serve it. */
  refuse: (path: string) => number | undefined;
  close: () => void;
}

/** Serves the built app, a world in memory and its files, with the headers of the real server. */
export async function openStage(world: World, dist: string): Promise<Stage> {
  const stage: Stage = { app: '', world, contents: new Map(), refuse: () => undefined, close: () => undefined };
  const files = serveFiles(() => stage);
  const filesOrigin = await listen(files);
  world.filesUrl = filesOrigin;
  const app = createServer((message, response) => {
    void (async () => {
      const path = new URL(message.url ?? '/', 'http://x').pathname;
      if (path === '/api/v1/events') {
        stream(response, () => stage.world);
        return;
      }
      if (path.startsWith('/api/')) {
        stage.world.filesUrl = filesOrigin;
        const answer = await stage.world.answer(await requestOf(message, stage.app));
        response.writeHead(answer.status, Object.fromEntries(answer.headers));
        response.end(Buffer.from(await answer.arrayBuffer()));
        return;
      }
      await serveApp(response, dist, new URL(message.url ?? '/', stage.app), stage.world.me !== null, policy(filesOrigin));
    })();
  });
  stage.app = await listen(app);
  stage.close = () => {
    for (const server of [app, files]) {
      server.closeAllConnections();
      server.close();
    }
  };
  return stage;
}
