import { clientOf, type Problem } from './api';
import { changeItems, keepRevoked, ownerOf, readConnection, readItems, type Answer, type Connection, type Item, type Options } from './state';
import { text } from './text';
import { fetchTorrent, TorrentFault } from './torrent';

/** How many items are kept in all; more that wait are refused. */
const mostItems = 200;

/** How many answered items stay in the list. */
const mostAnswered = 20;

// The server remembers a key for a day. Later, a repeat could make a second download.
const keyLife = 23 * 60 * 60 * 1000;

/** Puts sources into the queue and returns for how many there was room. They are stored, with their keys, before anything is sent. */
export async function enqueue(sources: string[], options: Options = {}): Promise<number> {
  let room = 0;
  const connection = await readConnection();
  const owner = connection ? ownerOf(connection) : '';
  await changeItems((items) => {
    const fresh = sources.map((source): Item => ({ id: crypto.randomUUID(), source, owner, ...options, addedAt: Date.now(), state: 'waiting' }));
    const waiting = items.filter(({ state }) => state === 'waiting');
    const answered = items.filter(({ state }) => state !== 'waiting').slice(-mostAnswered);
    room = Math.max(0, mostItems - waiting.length);
    return [...answered, ...waiting, ...fresh.slice(0, room)];
  });
  return Math.min(sources.length, room);
}

/** Takes an item off the list. */
export async function remove(id: string): Promise<void> {
  await changeItems((items) => items.filter((item) => item.id !== id));
}

type Verdict = Pick<Item, 'state' | 'answer' | 'jobId' | 'name'>;

function waits(title: string, detail: string): Verdict {
  return { state: 'waiting', answer: { title, detail } };
}

function answerOf(problem: Problem | undefined, status: number): Answer {
  return { title: problem?.title ?? text('status', String(status)), detail: problem?.detail ?? '' };
}

/** The form that carries a torrent file, and what the user chose. */
function formOf(torrent: Blob, { labels, provider, chooseFiles }: Options): () => FormData {
  const form = new FormData();
  form.set('torrent', torrent, 'download.torrent');
  if (labels) form.set('labels', labels.join(','));
  if (provider) form.set('provider', provider);
  if (chooseFiles) form.set('chooseFiles', 'true');
  return () => form;
}

/** Sends an item. Repeats are safe: the server knows the key. */
async function send(connection: Connection, item: Item): Promise<Verdict & { revoked?: boolean }> {
  const { source, labels, provider, chooseFiles } = item;
  const params = { header: { 'Idempotency-Key': item.id } };
  const client = clientOf(connection.server, connection.token);
  const { data, error, response } = item.here
    ? await client.POST('/api/v1/jobs', { params, body: { torrent: '' }, bodySerializer: formOf(await fetchTorrent(source), item) })
    : await client.POST('/api/v1/jobs', { params, body: { source, ...(labels && { labels }), ...(provider && { provider }), ...(chooseFiles && { chooseFiles }) } });
  if (data) return { state: 'sent', jobId: data.id, name: data.name };
  if (response.status === 401) {
    return { ...waits(text('revoked'), text('revokedDetail')), revoked: true };
  }
  // The key is this item's alone. A site may make each copy of a torrent file another one; the server has the first.
  if (error.code === 'key_reused') return { state: 'sent', answer: { title: text('stateSent'), detail: text('sentBefore') } };
  if (response.status === 429 || response.status >= 500) return { state: 'waiting', answer: answerOf(error, response.status) };
  return { state: 'refused', answer: answerOf(error, response.status) };
}

async function attempt(connection: Connection, item: Item): Promise<Verdict & { revoked?: boolean }> {
  if (item.owner !== '' && item.owner !== ownerOf(connection)) {
    return { state: 'refused', answer: { title: text('otherAccount'), detail: text('otherAccountDetail') } };
  }
  if (item.triedAt !== undefined && Date.now() - item.triedAt > keyLife) {
    return { state: 'refused', answer: { title: text('unconfirmed'), detail: text('unconfirmedDetail') } };
  }
  try {
    return await send(connection, item);
  } catch (error) {
    if (error instanceof TorrentFault) return { state: 'refused', answer: { title: error.title, detail: error.detail } };
    return waits(text('unreachable'), text('unreachableDetail'));
  }
}

async function settle(id: string, verdict: Verdict): Promise<void> {
  await changeItems((items) => items.map((item) => (item.id === id ? { ...item, answer: undefined, ...verdict } : item)));
}

/** Sends what waits, oldest first, until the server can't take more. One context sends at a time, and one more may wait for it, because what came last may be too late for the one that sends. */
export async function flush(): Promise<void> {
  let sending: Promise<unknown> | undefined;
  await navigator.locks.request('longhaul-flush-next', { ifAvailable: true }, async (next) => {
    if (!next) return;
    await new Promise<void>((started) => {
      sending = navigator.locks.request('longhaul-flush', async () => {
        started();
        await flushAll();
      });
    });
  });
  await sending;
}

async function flushAll(): Promise<void> {
  const connection = await readConnection();
  if (!connection || connection.revoked) return;
  const tried = new Set<string>();
  for (;;) {
    const item = (await readItems()).find(({ id, state }) => state === 'waiting' && !tried.has(id));
    if (!item) return;
    tried.add(item.id);
    // When it was first tried is known before the first byte leaves, and so is whom it is for.
    if (item.triedAt === undefined) {
      const triedAt = Date.now();
      const owner = item.owner === '' ? ownerOf(connection) : item.owner;
      await changeItems((items) => items.map((each) => (each.id === item.id ? { ...each, triedAt, owner } : each)));
    }
    const { revoked, ...verdict } = await attempt(connection, item);
    await settle(item.id, verdict);
    if (revoked) await keepRevoked(connection);
    if (verdict.state === 'waiting') return;
  }
}

/** How many items wait. */
export async function waitingCount(): Promise<number> {
  return (await readItems()).filter(({ state }) => state === 'waiting').length;
}
