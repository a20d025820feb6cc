import { text } from './messages';
import './common-messages/catalogue';

/** What became of many things that were done one by one. */
export interface Outcome<T> {
  succeeded: T[];
  failed: { item: T; error: Error }[];
}

/** Does one thing after the other, a few at a time, so that a big selection doesn't flood the server. */
export async function inLines<T>(items: readonly T[], lines: number, one: (item: T) => Promise<void>): Promise<Outcome<T>> {
  const outcome: Outcome<T> = { succeeded: [], failed: [] };
  const waiting = [...items];
  const line = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      try {
        await one(item);
        outcome.succeeded.push(item);
      } catch (error) {
        outcome.failed.push({ item, error: error instanceof Error ? error : new Error(text('common:faults.failed'), { cause: error }) });
      }
    }
  };
  await Promise.all(Array.from({ length: lines }, line));
  return outcome;
}
