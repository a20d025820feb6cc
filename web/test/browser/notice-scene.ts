import { makeAuditEntry } from '../admin';
import { moment, newId } from '../fixtures';
import { makeNotice, makeOwnNotice, makeStrike, makeThing } from '../notices';
import type { World } from '../world';

const counter = {
  account: 'grace@example.org', name: 'Grace Keeper', address: '14 Long Harbour Road, Apartment 7, Springfield', phone: '+1 555 0100',
  text: 'The film is my own work. I hold the rights, and the contract with Holder Films ended in March.', mistake: true, jurisdiction: true, signature: 'Grace Keeper',
  days: 10, receivedAt: moment(-500_000), forwardedAt: moment(-500_000), dueAt: moment(700_000), remindedAt: null, endedAt: null,
};

/** Fills the pages of takedown notices: what is late, incomplete, running and over. */
export function notices(world: World): void {
  const running = makeNotice({
    state: 'countered', reference: '', acts: ['restore', 'uphold', 'withdraw'], actAt: counter.dueAt, decidedAt: moment(-900_000), note: 'The works are listed in your catalogue.', counter,
    strikes: [makeStrike(), makeStrike({ email: 'full@example.org', counts: false, withdrawnAt: moment(-3_000), withdrawnWhy: 'Their copy is licensed.' })],
    items: 5,
    things: [
      makeThing('c9e15763f722f23e98a29decdfae341b98d53056', { blockId: newId(), jobs: 3 }),
      makeThing('cdn.a-host-with-a-very-long-name.example.org/files/2026/november/one-summer-at-the-harbour/*.mkv', { n: 2, blockId: newId(), lifted: true }),
      makeThing('see attachment', { n: 3, refusal: 'Use an info hash, a magnet link, a host or an address.' }),
      makeThing(newId(), { n: 4, kind: 'share', name: 'Harbour nights', ownerId: newId(), owner: 'grace@example.org' }),
      ...['One summer at the harbour/film.mkv', 'One summer at the harbour/subtitles/english.srt'].map((name, at) =>
        makeThing(newId(), { n: at + 5, partOf: 4, kind: 'file', name, jobId: newId(), ownerId: newId(), owner: 'grace@example.org', blockId: newId(), jobs: 1 }),
      ),
      makeThing(newId(), { n: 7, kind: 'job', name: 'Winter at the harbour', jobId: newId(), ownerId: newId(), owner: 'grace@example.org', refusal: 'This shows no stored file.' }),
    ],
  });
  world.notices.list = [
    makeNotice({ overdue: true, receivedAt: moment(-400_000), actAt: moment(-227_000) }),
    makeNotice({
      state: 'incomplete', organisation: 'The International Association of Very Thorough Rights Holders and their Representatives', reference: 'IA/VTRH/2026/11/000417-A',
      missing: ['signature', 'accuracy'], acts: ['complete', 'reject', 'withdraw'], accuracy: false, signature: '',
    }),
    running,
    makeNotice({ state: 'rejected', acts: [], actAt: null, decidedAt: moment(-800_000), endedAt: moment(-800_000), note: 'It names no work.', receivedAt: moment(-900_000) }),
  ];
  world.notices.own = [makeOwnNotice({ note: 'The works are listed in your catalogue.' }), makeOwnNotice({ state: 'countered', canCounter: false, dueAt: counter.dueAt, works: 'The film “Two Winters”', downloads: [] })];
  world.admin.audit = [
    ...world.admin.audit,
    makeAuditEntry(1290, { at: moment(-500_000), action: 'notice.counter', actorKind: 'user', actorName: 'grace@example.org', targetKind: 'notice', targetId: running.id, targetName: '', before: { state: 'accepted' }, after: { state: 'countered', due: counter.dueAt, forwarded: true } }),
    makeAuditEntry(1289, { at: moment(-900_000), action: 'notice.decide', targetKind: 'notice', targetId: running.id, targetName: '', before: { state: 'received' }, after: { state: 'accepted', note: 'The works are listed in your catalogue.' } }),
  ];
}
