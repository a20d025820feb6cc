import { makeAttempt, makeBulkAct, makeOwnedJob } from '../everybody';
import { because, makeEvent, makeProgress, moment, newId } from '../fixtures';
import type { World } from '../world';

const gib = 1024 ** 3;
const grace = { id: newId(), email: 'grace@example.org' };
const linus = { id: newId(), email: 'linus@example.org' };
const longOwner = { id: newId(), email: 'operations-and-infrastructure.of-the-northern-harbour@a-department-with-a-long-name.example.org' };
const barge = { id: newId(), name: 'barge-1' };
const longAgent = { id: newId(), name: 'northern-harbour-warehouse-3-rack-12-blade-7' };

/** Fills the downloads of all accounts with what is long, stuck and unknown. */
export function everybodysDownloads(world: World): void {
  const running = makeOwnedJob({ name: 'Sintel, in every resolution', owner: grace, state: 'downloading', agent: barge, movableTo: ['agent', 'seedr'], size: 4 * gib, fileCount: 14, createdAt: moment(-430), reason: because('downloading', { agent: 'barge-1' }) });
  running.progress = makeProgress(running.id);
  world.everybody.jobs = [
    makeOwnedJob({ name: '', infoHash: 'a1'.repeat(20), owner: linus, state: 'queued', size: null, fileCount: 0, movableTo: ['seedr'], createdAt: moment(-20) }),
    running,
    makeOwnedJob({ name: 'Cosmos Laundromat (2015) — 第一周期 · Ένα πολύ μακρύ όνομα που δεν τελειώνει ποτέ, really-a-name-that-has-no-end-and-no-space-either_x264-1080p-WEB-DL-AAC', owner: longOwner, agent: longAgent, state: 'needs_attention', problem: 'stalled', reason: because('stalled', { peers: 3 }), deadline: moment(250_000), size: 1_203 * gib, fileCount: 212, movableTo: ['seedr'], createdAt: moment(-9_000) }),
    makeOwnedJob({ name: 'old-camera-firmware.zip', owner: linus, sourceKind: 'url', infoHash: '', state: 'failed', size: null, problem: 'not_found_at_source', reason: because('not_found_at_source', { status: 404 }), createdAt: moment(-80_000), finishedAt: moment(-79_000) }),
    makeOwnedJob({ name: 'Tears of Steel', owner: grace, state: 'ready', size: 1.1 * gib, fileCount: 4, createdAt: moment(-190_000), finishedAt: moment(-188_000) }),
    makeOwnedJob({ name: 'Internet Archive: Apollo 11', owner: grace, provider: 'seedr', state: 'paused', size: 22 * gib, fileCount: 90, movableTo: ['agent'], createdAt: moment(-290_000) }),
    makeOwnedJob({ name: 'Night.of.the.Living.Dead.1968.mkv', owner: longOwner, state: 'cancelled', size: 1.4 * gib, createdAt: moment(-400_000), finishedAt: moment(-399_000) }),
    makeOwnedJob({ name: 'Elephants Dream', owner: linus, state: 'expired', size: 0.8 * gib, createdAt: moment(-4_000_000), finishedAt: moment(-399_000) }),
  ];
  world.everybody.details.set(running.id, {
    files: { pending: 3, stored: 9, skipped: 1, lost: 1, trashed: 0, deleted: 0 },
    attempts: [
      makeAttempt(1, { kind: 'resolve', state: 'done', problem: '', startedAt: moment(-428), endedAt: moment(-421) }),
      makeAttempt(2, { problem: 'agent_lost', agent: longAgent, tries: 1, startedAt: moment(-420), endedAt: moment(-412) }),
      makeAttempt(3, { state: 'open', problem: '', agent: barge, startedAt: moment(-410), endedAt: null }),
    ],
    events: [
      makeEvent({ kind: 'submitted', at: moment(-430), reason: because('accepted') }),
      makeEvent({ state: 'resolving', at: moment(-428), reason: because('looks_up_files', { agent: 'barge-1' }) }),
      makeEvent({ kind: 'manifest', at: moment(-421), reason: because('files_known', { files: 14 }) }),
      makeEvent({ kind: 'attempt', at: moment(-412), problem: 'agent_lost', reason: because('agent_lost') }),
      makeEvent({ state: 'queued', at: moment(-411), reason: because('admin_acted', { act: 'retry', note: 'The warehouse had no power this morning; it gets another try on an agent that is up.' }) }),
      makeEvent({ state: 'downloading', at: moment(-410), reason: because('downloading', { agent: 'barge-1' }) }),
    ],
  });
}

/** Fills the acts on many downloads: one that runs, and ended ones. */
export function bulkActs(world: World): void {
  world.everybody.bulkActs = [
    makeBulkAct({ total: 1_500, done: 412, refused: 9, note: 'The storage was full this morning; there is room again.', by: longOwner.email }),
    makeBulkAct({ act: 'move', provider: 'seedr', state: 'done', total: 3_000, done: 2_998, refused: 2, createdAt: moment(-9_000), endedAt: moment(-8_600) }),
    makeBulkAct({ act: 'delete', state: 'stopped', total: 90, done: 12, refused: 0, createdAt: moment(-14_000), endedAt: moment(-13_900) }),
    makeBulkAct({ act: 'pause', state: 'done', total: 1, done: 1, refused: 0, createdAt: moment(-90_000), endedAt: moment(-89_000), workflow: { id: 'bulk-1', uiUrl: '' } }),
  ];
  world.everybody.bulkItems = [
    { jobId: newId(), name: 'Cosmos Laundromat (2015) — 第一周期, really-a-name-that-has-no-end-and-no-space-either_x264-1080p-WEB-DL-AAC', owner: longOwner.email, state: 'refused', problem: 'wrong_state', refusal: 'A job in the state “ready” cannot be retried.', actedAt: moment(-9) },
    { jobId: newId(), name: '', owner: '', state: 'refused', problem: '', refusal: 'No such job.', actedAt: moment(-8) },
    { jobId: newId(), name: 'Sintel', owner: grace.email, state: 'done', problem: '', refusal: '', actedAt: moment(-7) },
    { jobId: newId(), name: 'Elephants Dream', owner: linus.email, state: 'pending', problem: '', refusal: '', actedAt: null },
  ];
}

/** Makes more downloads than the server counts. */
export function multitude(world: World, count: number): void {
  world.everybody.maxTotal = count - 1;
  world.everybody.jobs = Array.from({ length: count }, (_, at) =>
    makeOwnedJob({ name: `Archive volume ${count - at}`, owner: at % 3 === 0 ? grace : linus, agent: barge, state: at % 7 === 0 ? 'failed' : 'ready', createdAt: moment(-at * 60) }),
  );
}
