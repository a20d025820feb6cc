import { EventSourceParserStream } from 'eventsource-parser/stream';

import { requestOf } from './api';
import type { Connection } from './state';

/** Who listens to the server's events. */
export interface Listener {
  /** The stream is open. What happened since the last one follows if it is resumed; else all must be read again. */
  onOpen: (resumed: boolean) => void;
  onEvent: (name: string, data: unknown) => void;
  /** The stream broke. It is opened again after a pause. */
  onLost: () => void;
  /** The server no longer takes the token; there is no further attempt. */
  onRefused: () => void;
}

// The server beats every three seconds; after this long without a sound, the stream counts as dead.
const silence = 8_500;
const firstPause = 1_000;
const longestPause = 30_000;

// No event is near this long. A server that sends one without an end fills no memory.
const longestEvent = 4_000_000;

class Refused extends Error {}

/** Waits, or returns at once when it is told to stop. */
export function pauseFor(time: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, time);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Tells a listener what happens at the server, until it is told to stop. EventSource carries no token, so it uses fetch. */
export async function follow(connection: Connection, listener: Listener, signal: AbortSignal): Promise<void> {
  let lastId = '';
  let pause = firstPause;
  const opened = () => {
    pause = firstPause;
    listener.onOpen(lastId !== '');
  };
  const stopped = () => signal.aborted;
  while (!stopped()) {
    try {
      await listen(connection, lastId, signal, opened, (name, data, id) => {
        lastId = id ?? lastId;
        if (name !== 'beat') listener.onEvent(name, data);
      });
    } catch (error) {
      if (error instanceof Refused) {
        listener.onRefused();
        return;
      }
    }
    if (stopped()) return;
    listener.onLost();
    await pauseFor(pause * (0.5 + Math.random() / 2), signal);
    pause = Math.min(pause * 2, longestPause);
  }
}

type Hear = (name: string, data: unknown, id: string | undefined) => void;

/** Reads one stream to its end. */
async function listen({ server, token }: Connection, lastId: string, signal: AbortSignal, opened: () => void, hear: Hear): Promise<void> {
  const quiet = new AbortController();
  let timer = setTimeout(() => quiet.abort(), silence);
  try {
    const request = requestOf(token);
    const headers = lastId === '' ? request.headers : { ...request.headers, 'Last-Event-ID': lastId };
    const response = await fetch(`${server}/api/v1/events`, { ...request, headers, signal: AbortSignal.any([signal, quiet.signal]) });
    if (response.status === 401) throw new Refused();
    if (!response.ok || !response.body) throw new Error(`status ${response.status}`);
    opened();
    const events = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream({ maxBufferSize: longestEvent, onError: 'terminate' }));
    const reader = events.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(timer);
      timer = setTimeout(() => quiet.abort(), silence);
      hear(value.event ?? '', JSON.parse(value.data), value.id);
    }
  } finally {
    clearTimeout(timer);
    quiet.abort();
  }
}
