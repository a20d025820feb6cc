/** How fresh the shown data is. */
export type LiveStatus = 'connecting' | 'live' | 'reconnecting' | 'stale';

export interface EventStreamOptions {
  url: string;
  /** Called with each event's name and its parsed data. */
  onEvent: (name: string, data: unknown) => void;
  /** Called when the stream is open again after a gap that the server could not fill. */
  onGap: () => void;
  onStatus: (status: LiveStatus) => void;
  events: readonly string[];
}

/** After this long without a stream the data counts as stale. */
export const staleAfter = 12_000;
const firstPause = 1_000;
const longestPause = 20_000;

/**
 * Keeps a server-sent event stream open. The browser reconnects and names the last event it saw. Only when it gives
 * up (an answer other than 200) is a new stream opened here, and the events in between are a gap.
 */
export class EventStream {
  private source: EventSource | undefined;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private staleTimer: ReturnType<typeof setTimeout> | undefined;
  private pause = firstPause;
  private gap = false;
  private closed = false;

  constructor(private readonly options: EventStreamOptions) {}

  /** Opens the stream. */
  open(): void {
    this.options.onStatus('connecting');
    this.connect();
    globalThis.addEventListener('online', this.hurry);
    document.addEventListener('visibilitychange', this.hurry);
  }

  /** Closes the stream for good. */
  close(): void {
    this.closed = true;
    this.source?.close();
    clearTimeout(this.retryTimer);
    clearTimeout(this.staleTimer);
    globalThis.removeEventListener('online', this.hurry);
    document.removeEventListener('visibilitychange', this.hurry);
  }

  /** Reconnects without waiting when the network or the reader is back. */
  private readonly hurry = (): void => {
    if (document.visibilityState === 'hidden' || this.retryTimer === undefined) return;
    clearTimeout(this.retryTimer);
    this.connect();
  };

  private connect(): void {
    this.retryTimer = undefined;
    const source = new EventSource(this.options.url);
    this.source = source;
    source.addEventListener('open', () => this.opened());
    source.addEventListener('error', () => this.failed(source));
    for (const name of this.options.events) {
      source.addEventListener(name, (event) => {
        if (event instanceof MessageEvent && typeof event.data === 'string') {
          this.options.onEvent(name, event.data === '' ? null : JSON.parse(event.data));
        }
      });
    }
  }

  private opened(): void {
    clearTimeout(this.staleTimer);
    this.staleTimer = undefined;
    this.pause = firstPause;
    this.options.onStatus('live');
    if (this.gap) this.options.onGap();
    this.gap = false;
  }

  private failed(source: EventSource): void {
    if (this.closed) return;
    if (this.staleTimer === undefined) {
      this.options.onStatus('reconnecting');
      this.staleTimer = setTimeout(() => this.options.onStatus('stale'), staleAfter);
    }
    if (source.readyState !== EventSource.CLOSED) return;
    this.gap = true;
    clearTimeout(this.retryTimer);
    this.retryTimer = setTimeout(() => this.connect(), this.pause);
    this.pause = Math.min(this.pause * 2, longestPause);
  }
}
