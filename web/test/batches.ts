import type { components } from '@/api/schema.gen';
import type { Job } from '@/api/model';

import { json } from './answers';
import { makeJob } from './fixtures';

type Verdict = components['schemas']['BatchVerdict'];

interface Source {
  source?: string;
  torrent?: number;
  again?: boolean;
}

interface Jobs {
  jobs: Job[];
}

const none = { jobId: null, name: '', finished: false, code: '', detail: '', field: '' };

/** Submits a batch as the server does: sources with "blocked" in them are refused, finished ones are duplicates. */
export async function submitBatch(world: Jobs, request: Request): Promise<Response> {
  const form = request.headers.get('Content-Type')?.startsWith('multipart/') ?? false;
  // A multipart body from jsdom can't be read as a form; its list of sources can.
  const text = form ? (/name="batch"\r?\n\r?\n(.*)\r?\n/.exec(await request.text())?.[1] ?? '{}') : await request.text();
  const { sources = [], labels = [] } = JSON.parse(text) as { sources?: Source[]; labels?: string[] };
  return json({ verdicts: sources.map((source) => judge(world, source, labels)) }, 202);
}

/** Submits one source; one without a name in it gets that of its file. */
export async function submitOne(world: Jobs, request: Request): Promise<Response> {
  const { source = '' } = (await request.json()) as Source;
  const verdict = judge(world, { source }, []);
  if (verdict.jobId === null) return json({ code: verdict.code, title: verdict.detail, status: 422 }, 422);
  const name = new URLSearchParams(source.split('?')[1]).get('dn') ?? source.split('/').at(-1) ?? '';
  world.jobs = world.jobs.map((job) => (job.id === verdict.jobId ? { ...job, name } : job));
  return json(world.jobs.find((job) => job.id === verdict.jobId), 201);
}

function judge(world: Jobs, { source = '', again }: Source, labels: string[]): Verdict {
  if (source.includes('blocked')) return { ...none, verdict: 'blocked', code: 'blocked_content', detail: 'This content is blocked here.' };
  const params = new URLSearchParams(source.split('?')[1]);
  const hash = params.get('xt')?.replace('urn:btih:', '') ?? '';
  const held = again ? undefined : world.jobs.find((job) => hash !== '' && job.infoHash === hash);
  if (held) return { ...none, verdict: 'duplicate', jobId: held.id, name: held.name, finished: held.state === 'ready', code: 'duplicate_job', detail: 'You have it already.' };
  const job = makeJob({ name: params.get('dn') ?? '', infoHash: hash, state: 'queued', labels, createdAt: new Date().toISOString() });
  world.jobs = [job, ...world.jobs];
  return { ...none, verdict: 'created', jobId: job.id, name: job.name };
}
