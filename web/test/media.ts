import type { FilePlayback, JobFile, Media, Playback, Subtitle } from '@/api/model';

import { empty, json, problem, type Route } from './answers';
import { newId } from './fixtures';

/** Makes what a server without ffprobe knows of a file, unless it says otherwise. */
export function makeMedia(given: Partial<Media> = {}): Media {
  return {
    state: 'off', problem: '', container: '', duration: 0, video: [], audio: [], subtitles: [], chapters: [], poster: false,
    stream: { possible: false, why: '' },
    ...given,
  };
}

/** Makes what a server knows of a film in MP4. */
export function makeFilm(given: Partial<Media> = {}): Media {
  return makeMedia({
    state: 'read',
    container: 'mov,mp4,m4a,3gp,3g2,mj2',
    duration: 40,
    video: [{ index: 0, codec: 'h264', codecs: 'avc1.42c01e', width: 640, height: 360, frameRate: 24, bitDepth: 8, hdr: '', title: '', language: '' }],
    audio: [{ index: 1, codec: 'aac', codecs: 'mp4a.40.2', channels: 2, sampleRate: 44_100, title: '', language: 'en', default: true }],
    stream: { possible: true, why: '' },
    ...given,
  });
}

/** Films and recordings of a server in memory: what it knows of them, their subtitles, and where the user stopped. */
export class MediaWorld {
  readonly info = new Map<string, Media>();
  readonly playback = new Map<string, Playback>();
  readonly subtitles = new Map<string, { item: Subtitle; text: string }[]>();
  /** The streams that were asked for; each has a secret of its own. */
  streams = 0;

  readonly routes: Route[] = [
    ['GET', /^\/files\/([^/]+)\/media$/, ([, id = '']) => json(this.info.get(id) ?? makeMedia())],
    ['POST', /^\/files\/([^/]+)\/stream$/, ([, id = '']) => json(this.stream(id), 201)],
    ['GET', /^\/files\/([^/]+)\/subtitles$/, ([, id = '']) => json({ items: this.of(id).map(({ item }) => item) })],
    ['POST', /^\/files\/([^/]+)\/subtitles$/, ([, id = ''], request) => this.upload(id, request)],
    ['GET', /^\/files\/([^/]+)\/subtitles\/([^/]+)$/, ([, id = '', sid = '']) => this.text(id, decodeURIComponent(sid))],
    ['DELETE', /^\/files\/([^/]+)\/subtitles\/([^/]+)$/, ([, id = '', sid = '']) => this.remove(id, decodeURIComponent(sid))],
    ['GET', /^\/files\/([^/]+)\/playback$/, ([, id = '']) => json(this.playback.get(id) ?? { position: 0, duration: 0, watched: false, updatedAt: new Date(0).toISOString() })],
    ['PUT', /^\/files\/([^/]+)\/playback$/, ([, id = ''], request) => this.save(id, request)],
    ['GET', /^\/jobs\/([^/]+)\/playback$/, ([, id = '']) => json({ items: this.ofJob(id) })],
  ];

  constructor(
    private readonly filesUrl: () => string,
    private readonly filesOf: (jobId: string) => readonly JobFile[],
  ) {}

  private of(id: string) {
    return this.subtitles.get(id) ?? [];
  }

  private stream(id: string) {
    this.streams += 1;
    return { url: `${this.filesUrl()}/h/${id}~${this.streams}/index.m3u8`, expiresAt: new Date(Date.now() + 3_600_000).toISOString() };
  }

  private async upload(id: string, request: Request): Promise<Response> {
    const [, name = ''] = /filename="([^"]*)"/.exec(await request.text()) ?? [];
    if (!/\.(srt|vtt|ass)$/.test(name)) return problem(422, 'invalid', 'These are no subtitles.', 'file');
    const item: Subtitle = { id: newId(), origin: 'uploaded', name, language: 'en', title: '', forced: false, hearingImpaired: false };
    this.subtitles.set(id, [...this.of(id), { item, text: 'WEBVTT\n\n00:00.000 --> 01:00.000\nUploaded words\n' }]);
    return json(item, 201);
  }

  private text(id: string, sid: string): Response {
    const found = this.of(id).find(({ item }) => item.id === sid);
    return found ? new Response(found.text, { headers: { 'Content-Type': 'text/vtt; charset=utf-8' } }) : problem(404, 'not_found', 'No such subtitles.');
  }

  private remove(id: string, sid: string): Response {
    this.subtitles.set(id, this.of(id).filter(({ item }) => item.id !== sid));
    return empty();
  }

  private async save(id: string, request: Request): Promise<Response> {
    const { position, duration, watched } = (await request.json()) as { position: number; duration: number; watched?: boolean };
    const before = this.playback.get(id)?.watched ?? false;
    const saved = { position, duration, watched: watched ?? (before || position >= duration * 0.92), updatedAt: new Date().toISOString() };
    this.playback.set(id, saved);
    return json(saved);
  }

  private ofJob(jobId: string): FilePlayback[] {
    return this.filesOf(jobId).flatMap((file) => {
      const playback = this.playback.get(file.id);
      return playback ? [{ fileId: file.id, index: file.index, position: playback.position, duration: playback.duration, watched: playback.watched }] : [];
    });
  }
}
