import type { JobState, Provider, Reason } from '@/api/model';

import { formatAt, formatBytes, formatCount, formatDuration, formatPlural, formatTime } from '../format';
import { providerNames } from '../provider';

const doneWords: Readonly<Record<string, string>> = {
  cancel: 'cancelled',
  pause: 'paused',
  resume: 'resumed',
  retry: 'retried',
  delete: 'deleted',
  move: 'moved',
};

/** What the next step depends on besides the reason. */
export interface Condition {
  /** Undefined while there is no download yet. */
  state?: JobState;
  /** When the next step happens at the latest. */
  deadline?: string | null;
  /** The try that runs or comes next; 0 while tries aren't counted. */
  attempt?: number;
  maxAttempts?: number;
}

function isInstant(value: unknown): value is string {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value));
}

/** The data of a reason in words, as sentences need them. What isn't known is undefined. */
export class Facts {
  constructor(
    private readonly params: Reason['params'],
    private readonly condition: Condition,
    /** The reader's clock, in milliseconds. */
    private readonly now: number,
  ) {}

  private whole(name: string): number | undefined {
    const value = this.value(name);
    return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
  }

  private value(name: string): unknown {
    return Object.hasOwn(this.params, name) ? this.params[name] : undefined;
  }

  /** A plain number, such as an HTTP status, which has no separators. */
  code(name: string): string | undefined {
    return this.whole(name)?.toFixed(0);
  }

  number(name: string): string | undefined {
    const value = this.whole(name);
    return value === undefined ? undefined : formatCount(value);
  }

  /** A count with its noun. A count of nothing is undefined, because sentences put that differently. */
  some(name: string, one: string, other: string): string | undefined {
    const value = this.whole(name);
    return value === undefined || value === 0 ? undefined : formatPlural(value, one, other);
  }

  /** A number above zero. */
  above(name: string): string | undefined {
    return this.whole(name) === 0 ? undefined : this.number(name);
  }

  bytes(name: string): string | undefined {
    const value = this.whole(name);
    return value === undefined ? undefined : formatBytes(value);
  }

  duration(name: string): string | undefined {
    const value = this.whole(name);
    return value === undefined ? undefined : formatDuration(value);
  }

  /** "since 21:31", in the reader's zone. */
  since(name = 'since'): string | undefined {
    const value = this.value(name);
    return isInstant(value) ? `since ${formatTime(value, this.now)}` : undefined;
  }

  /** A name on one line. */
  name(name: string): string | undefined {
    const value = this.value(name);
    const line = typeof value === 'string' ? value.replaceAll(/\p{C}/gu, '').trim() : '';
    return line === '' ? undefined : line;
  }

  provider(param = 'provider'): string | undefined {
    const name = this.name(param);
    return name !== undefined && Object.hasOwn(providerNames, name) ? providerNames[name as Provider] : undefined;
  }

  /** What was asked for, as done: "paused". */
  done(param = 'act'): string | undefined {
    const act = this.name(param);
    return act !== undefined && Object.hasOwn(doneWords, act) ? doneWords[act] : undefined;
  }

  /** Whether a deadline stands: "by 21:40", "until Tue 21:40". */
  get deadline(): string | undefined {
    const { deadline } = this.condition;
    return isInstant(deadline) ? formatTime(deadline, this.now) : undefined;
  }

  /** The deadline at the end of a clause: "at 21:40", "Tue 21:40". */
  get atDeadline(): string | undefined {
    const { deadline } = this.condition;
    return isInstant(deadline) ? formatAt(deadline, this.now) : undefined;
  }

  /** "attempt 2 of 5", if tries are counted. */
  get attempt(): string | undefined {
    const { attempt = 0, maxAttempts = 0 } = this.condition;
    return attempt > 0 && maxAttempts > 0 ? `attempt ${attempt} of ${maxAttempts}` : undefined;
  }
}

/** What the catalogue says about one code, as functions of its data. */
export interface Entry {
  why: (facts: Facts) => string;
  /** What happens next; for a fault, what the reader can do. */
  next: (facts: Facts) => string;
  /** A fault that a queued download waits out: what it waits for. */
  wait?: (facts: Facts) => string;
}
