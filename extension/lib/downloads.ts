import { clientOf, unless, type Job, type Progress, type Usage } from './api';
import { keepRevoked, type Connection } from './state';

/** What the popup shows of the account. */
export interface Downloads {
  /** Downloads that run, wait or need the user, newest first. */
  open: Job[];
  /** The newest of those that are ready. */
  ready: Job[];
  usage: Usage;
}

type JobState = Job['state'];

/** States in which the server works on a download, or will without being asked. */
const runningStates: JobState[] = ['queued', 'resolving', 'downloading', 'storing'];

const openStates: JobState[] = [...runningStates, 'awaiting_selection', 'needs_attention'];

const mostOpen = 20;
const mostReady = 5;

/** Reads what the popup shows. */
export async function readDownloads({ server, token }: Connection): Promise<Downloads> {
  const client = clientOf(server, token);
  const [open, ready, usage] = await Promise.all([
    client.GET('/api/v1/jobs', { params: { query: { state: openStates, limit: mostOpen } } }),
    client.GET('/api/v1/jobs', { params: { query: { state: ['ready'], limit: mostReady } } }),
    client.GET('/api/v1/usage'),
  ]);
  if (!open.data || !ready.data || !usage.data) throw new Error('the server refused');
  return { open: open.data.jobs, ready: ready.data.jobs, usage: usage.data };
}

/** How many downloads run, and the tag of that answer. Undefined if the answer is the one with the tag. */
export async function countRunning(connection: Connection, tag: string | undefined): Promise<{ running: number; tag: string | undefined } | undefined> {
  const { data, response } = await clientOf(connection.server, connection.token).GET('/api/v1/jobs', {
    params: { query: { state: runningStates, limit: 1 } },
    headers: unless(tag),
  });
  if (response.status === 401) await keepRevoked(connection);
  if (!data && response.status !== 304) throw new Error('the server refused');
  return data && { running: data.total, tag: response.headers.get('ETag') ?? undefined };
}

function without(jobs: Job[], id: string): Job[] {
  return jobs.filter((job) => job.id !== id);
}

function newestFirst(jobs: Job[], most: number): Job[] {
  return jobs.toSorted((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt)).slice(0, most);
}

function withJob({ open, ready, usage }: Downloads, job: Job): Downloads {
  const known = [...open, ...ready].find(({ id }) => id === job.id);
  if (known && Date.parse(known.updatedAt) > Date.parse(job.updatedAt)) return { open, ready, usage };
  const others = { open: without(open, job.id), ready: without(ready, job.id) };
  return {
    open: openStates.includes(job.state) ? newestFirst([...others.open, job], mostOpen) : others.open,
    // What became ready just now is what the user waits for.
    ready: job.state !== 'ready' ? others.ready : known?.state === 'ready' ? newestFirst([...others.ready, job], mostReady) : [job, ...others.ready].slice(0, mostReady),
    usage,
  };
}

function withProgress(downloads: Downloads, news: Progress[]): Downloads {
  const latest = new Map(news.map((progress) => [progress.jobId, progress]));
  return { ...downloads, open: downloads.open.map((job) => ({ ...job, progress: latest.get(job.id) ?? job.progress })) };
}

/** Applies an event of the server; undefined if all must be read again. */
export function apply(downloads: Downloads, name: string, data: unknown): Downloads | undefined {
  switch (name) {
    case 'job':
      return withJob(downloads, data as Job);
    case 'progress':
      return withProgress(downloads, data as Progress[]);
    case 'removed': {
      const { id } = data as Pick<Job, 'id'>;
      return { ...downloads, open: without(downloads.open, id), ready: without(downloads.ready, id) };
    }
    case 'reset':
      return undefined;
    default:
      return downloads;
  }
}

/** The share of a download that is there, undefined while its size is unknown. */
export function shareOf({ progress, size }: Job): number | undefined {
  if (!progress) return undefined;
  const total = progress.bytesTotal > 0 ? progress.bytesTotal : (size ?? 0);
  return total > 0 ? Math.min(1, progress.bytesDone / total) : undefined;
}

/** Returns the app's page that plays a job's first film or piece of music, undefined if it has none. */
export async function playOf({ server, token }: Connection, id: string): Promise<string | undefined> {
  const { data } = await clientOf(server, token).GET('/api/v1/jobs/{id}/files', { params: { path: { id }, query: { state: ['stored'], limit: 500 } } });
  if (!data) throw new Error('the server refused');
  const media = data.files.filter(({ available, contentType }) => available && /^(?:video|audio)\//.test(contentType));
  const first = media.find(({ contentType }) => contentType.startsWith('video/')) ?? media[0];
  return first && `${server}/jobs/${id}/play/${first.id}`;
}

/** Makes a link that downloads a job: its file, or a zip of all of them. Throws what the server says. */
export async function linkOf({ server, token }: Connection, id: string): Promise<string> {
  const client = clientOf(server, token);
  const files = await client.GET('/api/v1/jobs/{id}/files', { params: { path: { id }, query: { limit: 2 } } });
  if (!files.data) throw new Error(files.error.detail);
  const [file] = files.data.files;
  const made =
    files.data.total === 1 && file
      ? await client.POST('/api/v1/files/{id}/link', { params: { path: { id: file.id } } })
      : await client.POST('/api/v1/jobs/{id}/archive', { params: { path: { id } } });
  if (!made.data) throw new Error(made.error.detail);
  return made.data.url;
}
