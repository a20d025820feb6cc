import type { Media, NewShare, OpenedShare, Share, Subtitle, ShareSettings, UserShare } from '@/api/model';

import { empty, json, problem, type Route } from './answers';
import { makeMedia } from './media';
import { outlinePage } from './file-lists';
import { makeFile, moment, newId } from './fixtures';

/** Makes a share. */
export function makeShare(given: Partial<Share> = {}): Share {
  const id = given.id ?? newId();
  return {
    id, url: `https://longhaul.test/s/${id}`, name: 'Summer at the harbour', state: 'active', password: false, viewOnly: false, maxDownloads: null, items: 1,
    empty: false, visits: 12, downloads: 31, createdAt: moment(-90_000), expiresAt: moment(500_000), lastVisitAt: moment(-600), ...given,
  };
}

/** Makes a share as an admin sees it. */
export function makeUserShare(given: Partial<UserShare> = {}): UserShare {
  const { id, name, state, password, empty: gone, visits, downloads, createdAt, expiresAt, lastVisitAt } = makeShare();
  return { id, name, state, password, empty: gone, visits, downloads, createdAt, expiresAt, lastVisitAt, blocked: false, ...given };
}

/** The part of a server in memory that keeps shares, and what visitors see of one. */
export class ShareWorld {
  list: Share[] = [];
  ofUsers: UserShare[] = [];
  /** What the address /s/token leads to; undefined for nothing. */
  opened: OpenedShare | undefined;
  /** The password that the visitor needs. */
  password = '';
  files = [makeFile(0, 'Film.webm', { contentType: 'video/webm', previewable: true }), makeFile(1, 'notes.txt', { contentType: 'text/plain', previewable: true })];
  /** Why links are refused; undefined while they aren't. */
  refused: Response | undefined;
  visitEnded = false;
  /** What is known of films, and their subtitles, by the index of the film. */
  readonly media = new Map<number, Media>();
  readonly subtitles = new Map<number, { item: Subtitle; text: string }[]>();

  constructor(private readonly filesUrl: () => string) {}

  readonly routes: Route[] = [
    ['GET', /^\/shares$/, () => json({ shares: this.list, nextCursor: '' })],
    ['POST', /^\/shares$/, async (_, request) => this.create((await request.json()) as NewShare)],
    ['PUT', /^\/shares\/([^/]+)$/, async ([, id], request) => this.change(id, (await request.json()) as ShareSettings)],
    ['DELETE', /^\/shares\/([^/]+)$/, ([, id]) => this.revoke(id)],
    ['GET', /^\/admin\/users\/([^/]+)\/shares$/, () => json({ shares: this.ofUsers, nextCursor: '' })],
    ['DELETE', /^\/admin\/shares\/([^/]+)$/, ([, id]) => this.revokeAny(id)],
    ['POST', /^\/shared\/open$/, async (_, request) => this.open((await request.json()) as { password?: string })],
    ['POST', /^\/shared\/files$/, async (_, request) => this.page((await request.json()) as { cursor?: string })],
    ['POST', /^\/shared\/(media|subtitles|subtitle|stream)$/, async ([, what], request) => this.film(what, (await request.json()) as { index: number; subtitle?: string })],
    ['POST', /^\/shared\/(link|archive)$/, ([, what]) => this.refused?.clone() ?? json({ url: `${this.filesUrl()}/${what === 'link' ? 's' : 'sz'}/t/file`, expiresAt: moment(20_000) })],
  ];

  private page({ cursor = '0' }: { cursor?: string }): Response {
    if (this.visitEnded) return problem(409, 'conflict', 'Your visit has ended. Open the share again.');
    return json(outlinePage(this.files, new URL(`http://x/?cursor=${cursor}`)));
  }

  private film(what: string | undefined, { index, subtitle }: { index: number; subtitle?: string }): Response {
    if (this.visitEnded) return problem(409, 'conflict', 'Your visit has ended. Open the share again.');
    const beside = this.subtitles.get(index) ?? [];
    if (what === 'media') return json(this.media.get(index) ?? makeMedia());
    if (what === 'subtitles') return json({ items: beside.map(({ item }) => item) });
    if (what === 'stream') return json({ url: `${this.filesUrl()}/hs/shared-${index}/index.m3u8`, expiresAt: moment(20_000) });
    const found = beside.find(({ item }) => item.id === subtitle);
    return found ? new Response(found.text, { headers: { 'Content-Type': 'text/vtt; charset=utf-8' } }) : problem(404, 'not_found', 'No such subtitles.');
  }

  private create(body: NewShare): Response {
    const share = makeShare({
      name: body.name, password: Boolean(body.password), viewOnly: body.viewOnly ?? false, maxDownloads: body.maxDownloads ?? null,
      expiresAt: body.expiresAt ?? null, visits: 0, downloads: 0, lastVisitAt: null, createdAt: moment(0),
    });
    this.list = [share, ...this.list];
    return json(share, 201);
  }

  private change(id: string | undefined, to: ShareSettings): Response {
    this.list = this.list.map((share) =>
      share.id === id
        ? {
            ...share, name: to.name, viewOnly: to.viewOnly ?? false, maxDownloads: to.maxDownloads ?? null, expiresAt: to.expiresAt ?? null,
            password: to.password === undefined ? share.password : to.password !== '',
          }
        : share,
    );
    return json(this.list.find((share) => share.id === id));
  }

  private revoke(id: string | undefined): Response {
    this.list = this.list.map((share) => (share.id === id ? { ...share, state: 'revoked' } : share));
    return empty();
  }

  private revokeAny(id: string | undefined): Response {
    this.ofUsers = this.ofUsers.map((share) => (share.id === id ? { ...share, state: 'revoked' } : share));
    return empty();
  }

  private open({ password = '' }: { password?: string }): Response {
    if (!this.opened) return problem(404, 'not_found', "This share doesn't exist, or it has ended.");
    this.visitEnded = false;
    if (this.password !== '' && password === '') {
      return json({ locked: true, visit: '', name: '', viewOnly: false, zip: false, spent: false, files: 0, size: 0, expiresAt: null, thumbnails: '' } satisfies OpenedShare);
    }
    return password === this.password ? json(this.opened) : problem(422, 'invalid', 'Wrong password.', 'password');
  }
}

/** Makes a share as a visitor sees it. */
export function makeOpened(given: Partial<OpenedShare> = {}): OpenedShare {
  return { locked: false, visit: newId(), name: 'Summer at the harbour', viewOnly: false, zip: true, spent: false, files: 2, size: 84_000_000, expiresAt: moment(500_000), thumbnails: '', ...given };
}
