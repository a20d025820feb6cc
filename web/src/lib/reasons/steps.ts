import type { Facts } from './facts';
import { first, say } from './message';

type Step = (facts: Facts) => string;

/** A step that depends on nothing. */
export const always = (text: string): Step => () => text;

export const whenSlotIsFree = always('Starts when a slot is free.');
export const whenAllIsStored = always('You can open the files once all of them are stored.');

/** Something that continues until it gives up: "Keeps trying; gives up at 21:40 (attempt 2 of 5)." */
function keeps(doing: string): Step {
  return (facts) =>
    first(
      say`Keeps ${doing}; gives up ${facts.atDeadline} (${facts.attempt}).`,
      say`Keeps ${doing}; gives up ${facts.atDeadline}.`,
      say`Keeps ${doing} (${facts.attempt}).`,
      `Keeps ${doing}.`,
    );
}

export const keepsTrying = keeps('trying');
export const keepsLookingForPeers = keeps('looking for peers');
export const keepsWaitingForPeers = keeps('waiting for peers');

/** A queued download whose last attempt failed. */
export const triesAgain: Step = (facts) =>
  first(
    say`Tries again ${facts.atDeadline} (${facts.attempt}).`,
    say`Tries again ${facts.atDeadline}.`,
    say`Tries again soon (${facts.attempt}).`,
    'Starts when a slot is free.',
  );

/** A download that only its owner can help. */
export const needsYou: Step = (facts) =>
  first(say`Retry or cancel it; otherwise it fails ${facts.atDeadline}.`, 'Retry or cancel it; otherwise it fails in the end.');

/** A wait that ends with a move or a question: "Starts when Seedr has room; needs your attention at 21:40 at the latest." */
export function patiently(starts: string): Step {
  return (facts) =>
    first(
      say`${starts}; moves to ${facts.provider('moves_to')} ${facts.atDeadline} at the latest.`,
      say`${starts}; needs your attention ${facts.atDeadline} at the latest.`,
      `${starts}.`,
    );
}
