/** How fresh the shown data is. */
export type LiveStatus = 'connecting' | 'live' | 'reconnecting' | 'offline' | 'stale';

export interface EventStreamOptions {
  url: string;
  events: readonly string[];
  /** Called with each event's name and its parsed data. */
  onEvent: (name: string, data: unknown) => void;
  /** Called when the stream is open again after a gap that the server cannot fill. */
  onGap: () => void;
  /** Called when the stream broke or the server refused it, each time. */
  onBroken: () => void;
  /** Called with each new status, and when the server was last heard, in milliseconds. */
  onStatus: (status: LiveStatus, heardAt: number) => void;
}

/** The server beats every three seconds; after this long without a sound, the stream counts as dead. */
export const silence = 8_500;
const tick = 1_000;
// A timer that is this late did not run: the machine slept, or the tab was frozen.
const late = 4_000;
const firstPause = 1_000;
const longestPause = 10_000;
const beat = 'beat';

/**
 * Keeps a server-sent event stream open. A stopped server leaves the connection open and silent, so a watchdog counts
 * the time since the last event. Each new connection names the last event, and the server tells what came after.
 */
export class EventStream {
  private source: EventSource | undefined;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private watchdog: ReturnType<typeof setInterval> | undefined;
  private pause = firstPause;
  private lastId = '';
  private opened = false;
  private everOpen = false;
  private broken = false;
  private startedAt = 0;
  private heardAt = 0;
  private wokeAt = 0;
  private tickedAt = 0;
  private told: LiveStatus | undefined;

  constructor(private readonly options: EventStreamOptions) {}

  /** Opens the stream. */
  open(): void {
    this.heardAt = Date.now();
    this.tickedAt = this.heardAt;
    this.connect();
    this.watchdog = setInterval(this.check, tick);
    globalThis.addEventListener('online', this.hurry);
    globalThis.addEventListener('offline', this.probe);
    globalThis.addEventListener('pageshow', this.hurry);
    document.addEventListener('visibilitychange', this.hurry);
    document.addEventListener('resume', this.hurry);
  }

  /** Closes the stream for good. */
  close(): void {
    this.hangUp();
    clearInterval(this.watchdog);
    globalThis.removeEventListener('online', this.hurry);
    globalThis.removeEventListener('offline', this.probe);
    globalThis.removeEventListener('pageshow', this.hurry);
    document.removeEventListener('visibilitychange', this.hurry);
    document.removeEventListener('resume', this.hurry);
  }

  /** Tries again now: the network, the reader or the machine is back, or the reader asks. */
  readonly hurry = (): void => {
    this.check();
    if (document.visibilityState === 'hidden' || this.opened) return;
    this.pause = firstPause;
    this.connect();
  };

  /** Finds out whether the server is still there. It may run on this machine, so being offline alone says little. */
  private readonly probe = (): void => {
    this.broken = true;
    this.connect();
  };

  /** The watchdog: hangs up on a silent connection and on one that does not open. */
  private readonly check = (): void => {
    const now = Date.now();
    if (now - this.tickedAt > late) this.wokeAt = now;
    this.tickedAt = now;
    // The clock was set back.
    this.heardAt = Math.min(this.heardAt, now);
    const since = this.opened ? this.heardAt : this.startedAt;
    if (this.source && now - since >= silence) {
      this.broken = true;
      this.connect();
      this.options.onBroken();
      return;
    }
    this.tell();
  };

  private hangUp(): void {
    this.source?.close();
    this.source = undefined;
    this.opened = false;
    clearTimeout(this.retryTimer);
    this.retryTimer = undefined;
  }

  private connect(): void {
    this.hangUp();
    this.startedAt = Date.now();
    const source = new EventSource(this.lastId === '' ? this.options.url : `${this.options.url}?lastEventId=${this.lastId}`);
    this.source = source;
    source.addEventListener('open', () => this.answered());
    source.addEventListener('error', () => this.failed());
    for (const name of [...this.options.events, beat]) source.addEventListener(name, (event) => this.heard(name, event as MessageEvent<string>));
    this.tell();
  }

  private heard(name: string, { data, lastEventId }: MessageEvent<string>): void {
    this.heardAt = Date.now();
    if (/^\d+$/.test(lastEventId)) this.lastId = lastEventId;
    this.tell();
    if (name !== beat) this.options.onEvent(name, data === '' ? null : JSON.parse(data));
  }

  private answered(): void {
    const gap = this.everOpen && this.lastId === '';
    this.opened = true;
    this.everOpen = true;
    this.broken = false;
    this.pause = firstPause;
    this.heardAt = Date.now();
    this.tell();
    if (gap) this.options.onGap();
  }

  // The browser would connect again without jitter, and not at all after an answer other than 200.
  private failed(): void {
    this.hangUp();
    this.broken = true;
    this.retryTimer = setTimeout(() => this.connect(), this.pause * (0.5 + Math.random() / 2));
    this.pause = Math.min(this.pause * 2, longestPause);
    this.tell();
    this.options.onBroken();
  }

  private status(): LiveStatus {
    if (this.opened) return 'live';
    if (this.broken && !navigator.onLine) return 'offline';
    if (Date.now() - Math.max(this.heardAt, this.wokeAt) >= silence) return 'stale';
    return this.broken ? 'reconnecting' : 'connecting';
  }

  private tell(): void {
    const status = this.status();
    if (status === this.told) return;
    this.told = status;
    this.options.onStatus(status, this.heardAt);
  }
}
