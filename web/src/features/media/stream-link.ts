import type { HlsConfig, LoaderResponse, RetryConfig } from 'hls.js';

import type { Link } from '@/api/model';
import { hasCode, problemCode, problemOf } from '@/lib/problem';

import type { End } from './api';

/** What keeps a film from going on. */
export type Trouble = 'busy' | 'offline' | End;

const gone = new Set([401, 403, 404, 410]);
const soon = 30_000;
const retries = 4;

/** Puts the secret of another link into an address of a stream. */
export function withLink(url: string, link: string): string {
  const [, secret] = /\/hs?\/([^/]+)\//.exec(new URL(link).pathname) ?? [];
  return secret === undefined ? url : url.replace(/(\/hs?\/)[^/]+\//, `$1${secret}/`);
}

/** A link that is replaced by a new one when it expires or is refused, while the film goes on. */
export class LivingLink {
  private renewing: Promise<void> | undefined;
  private over: End | undefined;

  constructor(
    private link: Link,
    private readonly renew: () => Promise<Link>,
    private readonly endOf: (error: unknown) => End | undefined,
    private readonly now: () => number = Date.now,
  ) {}

  /** Why the server says that the file is not there any more. */
  get end(): End | undefined {
    return this.over;
  }

  /** Notes that storage has lost the file, which a new link does not change. */
  lose(): void {
    this.over = 'lost';
  }

  /** Has the next request ask for a new link, because the server refused this one. */
  refuse(): void {
    this.link = { ...this.link, expiresAt: new Date(0).toISOString() };
  }

  /** The address of a part of the stream, with a link that works. */
  async addressOf(url: string): Promise<string> {
    if (Date.parse(this.link.expiresAt) - this.now() < soon) {
      this.renewing ??= this.replace().finally(() => {
        this.renewing = undefined;
      });
      await this.renewing;
    }
    return withLink(url, this.link.url);
  }

  private async replace(): Promise<void> {
    try {
      this.link = await this.renew();
    } catch (error) {
      // The old link may work a little longer; and a lost network comes back.
      this.over = this.endOf(error);
    }
  }
}

/** Reports whether an answer says that storage has lost the file. */
function saysLost(request: XMLHttpRequest): boolean {
  if (request.status !== 404) return false;
  const body: unknown = request.response;
  try {
    const problem: unknown = JSON.parse(body instanceof ArrayBuffer ? new TextDecoder().decode(body) : request.responseText);
    return hasCode(problemOf(request.status, problem), problemCode.fileLost);
  } catch {
    return false; // a proxy answered
  }
}

type Decision = 'busy' | 'offline' | 'refused' | 'failed';

/** What an answer to a request for a part of a stream says. */
export function troubleOf(status: number | undefined): Decision {
  if (status === 503 || status === 429) return 'busy';
  // A proxy answers 502 and 504 for a server that is away.
  if (status === undefined || [0, 502, 504].includes(status)) return 'offline';
  return gone.has(status) ? 'refused' : 'failed';
}

/** Where and how a stream starts. */
export interface Start {
  at: number;
  /** The language of the sound; undefined takes the film's own choice. */
  sound: string | undefined;
}

/** Makes the settings of hls.js: it asks again while the server is busy or the network is gone, and follows a new link. */
export function streamSettings(link: LivingLink, start: Start, onTrouble: (trouble: Trouble) => void): Partial<HlsConfig> {
  const shouldRetry = (_: RetryConfig | null | undefined, count: number, isTimeout: boolean, answer: LoaderResponse | undefined): boolean => {
    const decision = troubleOf(isTimeout ? 0 : answer?.code);
    if (decision === 'refused') link.refuse();
    if (link.end) {
      onTrouble(link.end);
      return false;
    }
    if (decision === 'busy' || decision === 'offline') {
      onTrouble(decision);
      return true;
    }
    return count < retries;
  };
  const again: RetryConfig = { maxNumRetry: retries, retryDelayMs: 1_000, maxRetryDelayMs: 8_000, backoff: 'exponential', shouldRetry };
  const policy = { default: { maxTimeToFirstByteMs: 30_000, maxLoadTimeMs: 120_000, timeoutRetry: again, errorRetry: again } };
  return {
    // The policy of the app lets no script start from a blob.
    enableWorker: false,
    startPosition: start.at > 0 ? start.at : -1,
    // A change of track while the first one loads can leave the library waiting forever.
    ...(start.sound !== undefined && { audioPreference: { lang: start.sound } }),
    maxBufferLength: 30,
    maxMaxBufferLength: 60,
    backBufferLength: 60,
    manifestLoadPolicy: policy,
    playlistLoadPolicy: policy,
    fragLoadPolicy: policy,
    xhrSetup: async (request, url) => {
      // The library tells the status only, and decides right after this.
      request.addEventListener('readystatechange', () => {
        if (request.readyState === XMLHttpRequest.DONE && saysLost(request)) link.lose();
      });
      request.open('GET', await link.addressOf(url), true);
    },
  };
}
