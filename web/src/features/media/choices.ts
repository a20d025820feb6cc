import { keep, kept } from '@/lib/kept';

const languagesKey = 'longhaul-media-languages';
const offsetsKey = 'longhaul-subtitle-offsets';

/** The languages that were chosen last. Subtitles are '' if they were turned off, and undefined if never chosen. */
export interface Languages {
  audio?: string | undefined;
  subtitles?: string | undefined;
}

/** One of several tracks to choose from. */
export interface Choice {
  id: string;
  language: string;
  forced: boolean;
}

function read(key: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(kept('local', key) ?? '{}');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

const textOr = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Returns the languages that were chosen last. */
export function languages(): Languages {
  const { audio, subtitles } = read(languagesKey);
  return { audio: textOr(audio), subtitles: textOr(subtitles) };
}

/** Remembers a choice of language. */
export function rememberLanguages(chosen: Languages): void {
  keep('local', languagesKey, JSON.stringify({ ...languages(), ...chosen }));
}

/** How many files have an offset of their own; the oldest goes first. */
const mostOffsets = 200;

/** By how much a film's subtitles come later, in milliseconds. */
export function offsetOf(fileId: string): number {
  const value = read(offsetsKey)[fileId];
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

/** Remembers the offset of a film's subtitles. */
export function rememberOffset(fileId: string, offset: number): void {
  const others = Object.entries(read(offsetsKey)).filter(([id]) => id !== fileId);
  const all = offset === 0 ? others : [...others, [fileId, offset] as const];
  keep('local', offsetsKey, JSON.stringify(Object.fromEntries(all.slice(-mostOffsets))));
}

const base = (language: string) => language.toLowerCase().split('-')[0] ?? '';

/** Reports whether two tags name the same language. */
export function sameLanguage(one: string, other: string): boolean {
  return one !== '' && base(one) === base(other);
}

/** The language of the sound to start with: the one chosen last, if the film has it and would start with another. */
export function firstSound(tracks: readonly { language: string; default: boolean }[], chosen = ''): string | undefined {
  const given = tracks.find((each) => each.default) ?? tracks[0];
  if (!given || sameLanguage(given.language, chosen)) return undefined;
  return tracks.find(({ language }) => sameLanguage(language, chosen))?.language;
}

/** The subtitles to start with: the language chosen last, else those of foreign words in the reader's language, else none. */
export function firstSubtitles(choices: readonly Choice[], chosen: string | undefined, own: string): Choice | undefined {
  if (chosen !== undefined && chosen !== '') {
    const matching = choices.filter((each) => sameLanguage(each.language, chosen));
    return matching.find((each) => !each.forced) ?? matching[0];
  }
  return choices.find((each) => each.forced && sameLanguage(each.language, own));
}
