import type { CounterStatement, NewNotice, Notice, NoticeDecision, NoticeDetail, NoticeItem, NoticePatch, OwnNotice, Strike } from '@/api/model';

import { json, problem, type Route } from './answers';
import { moment, newId } from './fixtures';

/** Makes what a notice names. */
export function makeThing(value: string, given: Partial<NoticeItem> = {}): NoticeItem {
  return {
    n: 1, partOf: null, kind: 'value', value, name: '', jobId: null, ownerId: null, owner: '', blockId: null, refusal: '', lifted: false, jobs: 0, ...given,
  };
}

/** Makes a notice. */
export function makeNotice(given: Partial<NoticeDetail> = {}): NoticeDetail {
  return {
    id: newId(), reference: 'HF-2026-118', channel: 'mail', state: 'received', name: 'Ada Holder', organisation: 'Holder Films', email: 'rights@holder.example',
    address: '2 Side Street, Springfield', works: 'The film “One Summer at the Harbour” (2025)', text: '', goodFaith: true, accuracy: true, signature: 'Ada Holder',
    note: '', missing: [], acts: ['complete', 'accept', 'reject', 'withdraw'], items: 1, firstItem: 'c9e15763f722f23e98a29decdfae341b98d53056', carried: true,
    overdue: false, receivedAt: moment(-7_200), actAt: moment(160_000), decidedAt: null, endedAt: null, forgottenAt: null,
    things: [makeThing('c9e15763f722f23e98a29decdfae341b98d53056')],
    counter: null, strikes: [], ...given,
  };
}

/** Makes a strike. */
export function makeStrike(given: Partial<Strike> = {}): Strike {
  return {
    id: newId(), userId: newId(), email: 'grace@example.org', noticeId: newId(), counts: true, createdAt: moment(-7_000), expiresAt: moment(30_000_000),
    withdrawnAt: null, withdrawnWhy: '', ...given,
  };
}

/** Makes a notice as the owner of what it blocks reads it. */
export function makeOwnNotice(given: Partial<OwnNotice> = {}): OwnNotice {
  return {
    id: newId(), state: 'accepted', for: 'Holder Films', works: 'The film “One Summer at the Harbour” (2025)', note: '', downloads: ['One.Summer.at.the.Harbour.2025'],
    decidedAt: moment(-7_000), dueAt: null, canCounter: true, strike: { counts: true, createdAt: moment(-7_000), expiresAt: moment(31_000_000), why: '' }, ...given,
  };
}

/** The part of a server in memory that keeps notices. */
export class NoticeWorld {
  list: NoticeDetail[] = [];
  own: OwnNotice[] = [];
  strikes: Strike[] = [];

  readonly routes: Route[] = [
    ['GET', /^\/admin\/notices$/, (_, __, url) => this.listed(url)],
    ['POST', /^\/admin\/notices$/, async (_, request) => this.record((await request.json()) as NewNotice)],
    ['GET', /^\/admin\/notices\/([^/]+)$/, ([, id]) => json(this.find(id))],
    ['PATCH', /^\/admin\/notices\/([^/]+)$/, async ([, id], request) => this.complete(id, (await request.json()) as NoticePatch)],
    ['POST', /^\/admin\/notices\/([^/]+)\/decide$/, async ([, id], request) => this.decide(id, (await request.json()) as { act: NoticeDecision; note: string })],
    ['POST', /^\/admin\/notices\/([^/]+)\/counter$/, async ([, id], request) => this.counter(id, (await request.json()) as CounterStatement)],
    ['POST', /^\/admin\/notices\/([^/]+)\/counter\/extend$/, async ([, id], request) => this.extend(id, ((await request.json()) as { days: number }).days)],
    ['GET', /^\/admin\/users\/([^/]+)\/strikes$/, ([, id]) => json({ strikes: this.strikes.filter(({ userId }) => userId === id), count: this.strikes.filter(({ userId }) => userId === id).length, suspended: false, suspend: 3, disable: 0 })],
    ['POST', /^\/admin\/strikes\/([^/]+)\/withdraw$/, async ([, id], request) => this.withdraw(id, ((await request.json()) as { reason: string }).reason)],
    ['GET', /^\/notices$/, () => json({ notices: this.own, strikes: this.own.filter(({ strike }) => strike?.counts).length, suspended: false, suspend: 3, disable: 6 })],
    ['POST', /^\/notices\/([^/]+)\/counter$/, ([, id]) => this.object(id)],
  ];

  private find(id: string | undefined): NoticeDetail | undefined {
    return this.list.find((notice) => notice.id === id);
  }

  private change(id: string | undefined, to: Partial<NoticeDetail>): Response {
    this.list = this.list.map((notice) => (notice.id === id ? { ...notice, ...to } : notice));
    const changed = this.find(id);
    return changed ? json(changed) : problem(404, 'not_found', 'There is no such notice.');
  }

  private listed(url: URL): Response {
    const { state, open, q } = Object.fromEntries(url.searchParams);
    const notices: Notice[] = this.list.filter(
      (notice) => (open !== 'true' || notice.actAt !== null) && (!state || notice.state === state) && `${notice.organisation} ${notice.works}`.includes(q ?? ''),
    );
    return json({ notices, nextCursor: '' });
  }

  private record({ values, ...said }: NewNotice): Response {
    const things = (values ?? []).map((value, at) => makeThing(value, { n: at + 1 }));
    const missing = said.signature ? [] : (['signature'] as const);
    const notice = makeNotice({ ...said, state: missing.length > 0 ? 'incomplete' : 'received', missing: [...missing], things, items: things.length, receivedAt: moment(0) });
    this.list = [notice, ...this.list];
    return json({ notice, known: false });
  }

  private complete(id: string | undefined, said: NoticePatch): Response {
    return this.change(id, { ...said, state: 'received', missing: [], acts: ['complete', 'accept', 'reject', 'withdraw'] });
  }

  private decide(id: string | undefined, { act, note }: { act: NoticeDecision; note: string }): Response {
    if (act !== 'accept' && note === '') return problem(422, 'invalid', 'Say why.', 'note');
    const states = { accept: 'accepted', reject: 'rejected', restore: 'restored', uphold: 'upheld', withdraw: 'withdrawn' } as const;
    return this.change(id, { state: states[act], note, actAt: null, decidedAt: moment(0), acts: act === 'accept' ? ['counter', 'restore', 'withdraw'] : [] });
  }

  private counter(id: string | undefined, said: CounterStatement): Response {
    const counter = { account: '', days: 10, receivedAt: moment(0), forwardedAt: moment(0), dueAt: moment(1_200_000), remindedAt: null, endedAt: null, ...said };
    return this.change(id, { state: 'countered', counter, actAt: counter.dueAt, acts: ['restore', 'uphold', 'withdraw'] });
  }

  private extend(id: string | undefined, days: number): Response {
    const counter = this.find(id)?.counter;
    return counter ? this.change(id, { counter: { ...counter, days } }) : problem(409, 'conflict', 'No clock runs.');
  }

  private withdraw(id: string | undefined, reason: string): Response {
    const change = (strike: Strike) => (strike.id === id ? { ...strike, counts: false, withdrawnAt: moment(0), withdrawnWhy: reason } : strike);
    this.strikes = this.strikes.map(change);
    this.list = this.list.map((notice) => ({ ...notice, strikes: notice.strikes.map(change) }));
    return json({});
  }

  private object(id: string | undefined): Response {
    this.own = this.own.map((notice) => (notice.id === id ? { ...notice, state: 'countered', canCounter: false, dueAt: moment(1_200_000) } : notice));
    return json({ dueAt: moment(1_200_000) });
  }
}
