/** An event stream that the test controls. */
export class FakeEventSource extends EventTarget {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSED = 2;
  private static opened: FakeEventSource[] = [];

  readyState: number = FakeEventSource.CONNECTING;
  private lastEventId = '';

  constructor(readonly url: string) {
    super();
    FakeEventSource.opened.push(this);
  }

  /** Returns the newest stream. */
  static latest(): FakeEventSource {
    const source = FakeEventSource.opened.at(-1);
    if (!source) throw new Error('no event stream was opened');
    return source;
  }

  static count(): number {
    return FakeEventSource.opened.length;
  }

  static forget(): void {
    FakeEventSource.opened = [];
  }

  accept(): void {
    this.readyState = FakeEventSource.OPEN;
    this.dispatchEvent(new Event('open'));
  }

  /** Sends an event; without an id, it carries the one before, as in a browser. */
  send(name: string, data: unknown, id = this.lastEventId): void {
    this.lastEventId = id;
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data), lastEventId: id }));
  }

  /** Breaks the stream; for good if the server refused it, else the browser connects again. */
  fail(forGood: boolean): void {
    this.readyState = forGood ? FakeEventSource.CLOSED : FakeEventSource.CONNECTING;
    this.dispatchEvent(new Event('error'));
  }

  close(): void {
    this.readyState = FakeEventSource.CLOSED;
  }
}
