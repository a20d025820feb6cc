// Letters that are written from right to left, and characters that turn the direction.
const turns = /[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/**
 * Keeps the direction of a name to itself: in a sentence, a name from right to left, or one with an override, would
 * reorder the words beside it, and a list of names could show “exe.jpg” for “gpj.exe”. Its own isolates go, as one that
 * it closes twice would end the one around it.
 */
export function isolated(name: string): string {
  return turns.test(name) ? `\u2068${name.replace(/[\u2066-\u2069]/gu, '')}\u2069` : name;
}
