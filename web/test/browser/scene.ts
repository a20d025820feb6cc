import type { Job } from '@/api/model';

import { because, makeAgent, makeEvent, makeFile, makeJob, makeLedgerLine, makeLinkInfo, makeProgress, makeSession, makeToken, moment } from '../fixtures';
import { makeCheck, makeHistoryEntry } from '../providers';
import { World } from '../world';
import { crowd, peopleAndRecords, switchedFeatures } from './admin-scene';
import { bulkActs, everybodysDownloads, multitude } from './everybody-scene';
import { sharedMuch, sharedMultitude } from './share-scene';
import { toldMuch } from './notification-scene';
import { storedLibrary } from './library-scene';
import { storedMuch } from './storage-scene';

const gib = 1024 ** 3;

function downloading(given: Partial<Job>, progress: Parameters<typeof makeProgress>[1] = {}): Job {
  const job = makeJob({ state: 'downloading', stateSince: moment(-410), reason: because('downloading', { agent: 'barge-2' }), ...given });
  return { ...job, progress: makeProgress(job.id, { bytesTotal: job.size ?? -1, ...progress }) };
}

function showJobs(): Job[] {
  return [
    downloading(
      { name: '', state: 'resolving', size: null, fileCount: 0, reason: because('looks_up_files', { agent: 'barge-1' }), attempt: 2, maxAttempts: 5, createdAt: moment(-560) },
      { phase: 'resolving', bytesDone: 0, bytesStored: 0, downRate: 0, peers: 0, seeders: 0, etaSeconds: null, waiting: because('waits_for_metadata', { since: moment(-540), seen: 12, peers: 0 }), givesUpAt: moment(1_860) },
    ),
    downloading({ name: 'Sintel.2010.2160p.Open.Movie.BluRay.x265-BLENDER', movableTo: ['seedr'], size: 4.6 * gib, fileCount: 14, createdAt: moment(-420) }, { bytesDone: 2.11 * gib, bytesStored: 1.9 * gib, etaSeconds: 112 }),
    makeJob({ name: 'Internet Archive · NASA Apollo 11 flight films and transcripts', state: 'awaiting_selection', size: 48 * gib, fileCount: 212, deadline: moment(250_000), createdAt: moment(-900) }),
    downloading({ name: 'archlinux-2026.11.01-x86_64.iso', size: 1.3 * gib, createdAt: moment(-1500) }, { bytesDone: 0.22 * gib, bytesStored: 0.2 * gib, downRate: 0, peers: 2, seeders: 0, etaSeconds: null, waiting: because('waits_for_peers', { since: moment(-540), peers: 2, seeders: 0 }), givesUpAt: moment(1_260) }),
    makeJob({ name: 'ubuntu-26.04-desktop-amd64.iso', state: 'queued', size: 6.1 * gib, reason: because('waits_for_user_slot', { running: 10, limit: 10 }), createdAt: moment(-1800) }),
    makeJob({ name: 'https-mirror-backup-2026-11.tar.zst', sourceKind: 'url', infoHash: '', state: 'needs_attention', size: 12.4 * gib, problem: 'source_failing', reason: because('source_failing', { cause: 'broken' }), deadline: moment(200_000), createdAt: moment(-5000) }),
    { ...makeJob({ name: 'Big.Buck.Bunny.2008.1080p.Surround', state: 'paused', size: 0.9 * gib, fileCount: 3, createdAt: moment(-8000) }), progress: makeProgress('paused', { bytesTotal: 0.9 * gib, bytesDone: 0.5 * gib, bytesStored: 0.45 * gib, downRate: 0, etaSeconds: null }) },
    makeJob({ name: 'Cosmos Laundromat (2015) — 第一周期 · Ένα πολύ μακρύ όνομα που δεν τελειώνει ποτέ και συνεχίζει, really-a-name-that-has-no-end-and-no-space-either_x264-1080p-WEB-DL-AAC', state: 'ready', size: 2.2 * gib, fileCount: 9, createdAt: moment(-90_000), finishedAt: moment(-86_400) }),
    makeJob({ name: 'Tears of Steel', sourceKind: 'torrent', origin: 'https://bücher.example/filme/tears of steel/100% legal.torrent', state: 'ready', size: 1.1 * gib, fileCount: 4, createdAt: moment(-190_000), finishedAt: moment(-188_000) }),
    makeJob({ name: 'old-camera-firmware.zip', sourceKind: 'url', infoHash: '', state: 'failed', size: null, problem: 'not_found_at_source', reason: because('not_found_at_source', { status: 404 }), createdAt: moment(-260_000), finishedAt: moment(-259_000) }),
    makeJob({ name: 'Night.of.the.Living.Dead.1968.mkv', state: 'cancelled', size: 1.4 * gib, createdAt: moment(-400_000), finishedAt: moment(-399_000) }),
    downloading({ name: 'openSUSE-Leap-16.1-DVD-x86_64.iso', size: 4.2 * gib, createdAt: moment(-500_000) }, { bytesDone: 1.9 * gib, bytesStored: 1.8 * gib, downRate: 0, peers: 0, seeders: 0, etaSeconds: null, waiting: because('waits_for_agent', { agent: 'cellar' }) }),
  ];
}

const tree = [
  ['Tears of Steel/Tears.of.Steel.2012.webm', 'video/webm'],
  ['Tears of Steel/Soundtrack/01 - Opening.wav', 'audio/wav'],
  ['Tears of Steel/Soundtrack/02 - The Bridge.wav', 'audio/wav'],
  ['Tears of Steel/Stills/poster.svg', 'image/png'],
  ['Tears of Steel/Subtitles/Tears.of.Steel.en.srt', 'application/x-subrip'],
  ['Tears of Steel/README.txt', 'text/plain'],
] as const;

/** A world as a busy user sees it, for pictures and checks in a real browser. */
export function busyWorld(): World {
  const world = new World();
  world.jobs = showJobs();
  const labels = [world.labels.make('Films', 'teal'), world.labels.make('Lectures', 'violet'), world.labels.make('A label with a long name that no row has room for', 'orange')];
  world.jobs = world.jobs.map((job, at) => ({ ...job, labels: labels.slice(0, at % 4).map((label) => label.id) }));
  world.labels.rules = { ...world.labels.rules, label: labels[0]?.id ?? null, skipSamples: true, minSize: 5 * 1024 ** 2, skipExtensions: ['nfo', 'txt'] };
  const ready = world.jobs.find((job) => job.name === 'Tears of Steel');
  const choosing = world.jobs.find((job) => job.state === 'awaiting_selection');
  const running = world.jobs.find((job) => job.name.startsWith('Sintel'));
  if (!ready || !choosing || !running) throw new Error('the scene lacks a job');
  world.files.set(ready.id, tree.map(([path, contentType], index) => makeFile(index, path, { contentType, previewable: !contentType.startsWith('application'), size: 40_000_000 * (index + 1) ** 2 })));
  world.files.set(running.id, Array.from({ length: 14 }, (_, index) => makeFile(index, `Sintel/${index < 11 ? 'Extras/Making of, part ' : 'Feature '}${index + 1}.mkv`, { contentType: 'video/x-matroska', state: index < 5 ? 'stored' : 'pending', previewable: index < 5 })));
  world.files.set(choosing.id, Array.from({ length: 212 }, (_, index) => makeFile(index, `Apollo 11/${index % 3 === 0 ? 'Films' : 'Transcripts'}/Reel ${Math.floor(index / 4) + 1}/item-${index + 1}.${index % 3 === 0 ? 'mkv' : 'pdf'}`, { state: 'pending', size: 30_000_000 + index * 2_000_000 })));
  world.timelines.set(running.id, [
    makeEvent({ kind: 'submitted', at: moment(-430), reason: because('accepted') }),
    makeEvent({ state: 'resolving', at: moment(-428), reason: because('looks_up_files', { agent: 'barge-1' }) }),
    makeEvent({ kind: 'manifest', at: moment(-421), reason: because('files_known', { files: 14 }) }),
    makeEvent({ kind: 'placed', at: moment(-420), reason: because('downloading', { agent: 'barge-1' }) }),
    makeEvent({ kind: 'attempt', at: moment(-412), problem: 'agent_lost', reason: because('agent_lost') }),
    makeEvent({ state: 'downloading', at: moment(-410), reason: because('downloading', { agent: 'barge-2' }) }),
  ]);
  world.timelines.set(ready.id, [makeEvent({ kind: 'submitted', at: moment(-190_000) }), makeEvent({ state: 'ready', at: moment(-188_000) })]);
  world.agents = [
    makeAgent(),
    makeAgent({ name: 'barge-2', url: 'http://10.0.4.12:7300', state: 'draining', running: 1, diskFree: 40_000_000_000 }),
    makeAgent({ name: 'attic', url: 'http://192.168.1.40:7300', alive: false, running: 0, lastSeenAt: moment(-5_400), lostAt: moment(-5_340) }),
  ];
  peopleAndRecords(world);
  switchedFeatures(world);
  everybodysDownloads(world);
  bulkActs(world);
  storedMuch(world);
  sharedMuch(world);
  toldMuch(world);
  storedLibrary(world);
  world.providers.failover = 'agent_to_seedr';
  world.providers.history = [
    makeHistoryEntry(4, { at: moment(-7_000), from: 'seedr', to: 'agent', failover: 'agent_to_seedr', verified: makeCheck({ provider: 'agent', message: 'Agents take work.', plan: '', spaceMax: 0, spaceUsed: 0, slots: 16, taken: 5, agents: 2 }) }),
    makeHistoryEntry(3, { by: 'operations-and-infrastructure@a-department-with-a-long-name.example.org', from: 'seedr', to: 'seedr', failover: 'both', userChoice: true, at: moment(-200_000) }),
    makeHistoryEntry(2, { by: '', at: moment(-900_000), verified: makeCheck({ ok: false, problem: 'seedr_failing', message: 'Seedr did not answer within 20 seconds.' }) }),
  ];
  world.sessions = [
    makeSession({ current: true, userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0', lastSeenAt: moment(-4) }),
    makeSession({ userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/605.1', ip: '2001:db8::7a:11' }),
    makeSession({ userAgent: 'longhaul/0.1.0', ip: '198.51.100.4', lastSeenAt: moment(-90_000) }),
  ];
  world.ledger = [
    makeLedgerLine({ kind: 'reserve', jobName: 'Internet Archive: every reel of the Apollo 11 mission, films and transcripts, complete', usedDelta: 0, reservedDelta: 3_221_225_472 }),
    makeLedgerLine(),
    makeLedgerLine({ kind: 'free', jobName: '', usedDelta: -734_003_200, reservedDelta: 0, at: moment(-200_000) }),
  ];
  world.tokens = [
    makeToken(),
    makeToken({ name: 'Browser extension on the old machine in the workshop', scopes: ['jobs:read', 'jobs:write', 'files:read', 'admin'], hint: 'lh_9fWq', expiresAt: moment(-80_000), lastUsedAt: null, lastUsedIp: '' }),
  ];
  world.downloadLinks = [
    makeLinkInfo({ inline: true, createdAt: moment(-600), expiresAt: moment(85_800) }),
    makeLinkInfo({ fileId: null, name: 'Cosmos Laundromat (2015) — 第一周期 · Ένα πολύ μακρύ όνομα που δεν τελειώνει ποτέ, really-a-name-that-has-no-end-and-no-space-either_x264-1080p-WEB-DL-AAC' }),
    makeLinkInfo({ name: 'Tears of Steel/README.txt', createdAt: moment(-80_000), expiresAt: moment(3_000) }),
  ];
  world.inspection = {
    kind: 'magnet',
    name: 'Elephants Dream 2006 1080p',
    size: 1_932_735_283,
    infoHash: 'aa'.repeat(20),
    private: false,
    files: Array.from({ length: 12 }, (_, index) => ({ index, path: `Elephants Dream/${index === 0 ? 'Elephants.Dream.mkv' : `Extras/Clip ${index}.mp4`}`, size: 90_000_000 + index * 11_000_000 })),
    fileCount: 12,
    outline: '',
    verdict: { allowed: true, reason: null },
    held: null,
  };
  return world;
}

/** A world with many jobs. */
export function hugeWorld(count: number): World {
  const world = busyWorld();
  sharedMultitude(world);
  world.jobs = Array.from({ length: count }, (_, at) => makeJob({ name: `Archive volume ${count - at}`, createdAt: moment(-at * 60) }));
  const choosing = makeJob({ name: 'Every issue of the newspaper, 1861 to 1990', state: 'awaiting_selection', size: 49_000 * 31_000_000, fileCount: 49_000 });
  const paper = Array.from({ length: 49_000 }, (_, index) => ({ index, path: `Newspaper/${1861 + Math.floor(index / 380)}/Volume ${Math.floor(index / 40) + 1}/issue-${String(index + 1).padStart(5, '0')}.pdf`, size: 31_000_000 }));
  world.jobs.push(choosing);
  world.files.set(choosing.id, paper.map(({ index, path, size }) => makeFile(index, path, { state: 'pending', size, contentType: 'application/pdf' })));
  world.sourceFiles = paper;
  if (!(world.inspection instanceof Response)) {
    world.inspection = { ...world.inspection, name: choosing.name, files: paper.slice(0, 100), fileCount: paper.length, size: choosing.size, outline: 'ab'.repeat(32) };
  }
  crowd(world, count);
  multitude(world, count);
  return world;
}
