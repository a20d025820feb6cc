import { beforeEach, describe, expect, it } from 'vitest';

import { firstSound, firstSubtitles, languages, offsetOf, rememberLanguages, rememberOffset } from './choices';

beforeEach(() => localStorage.clear());

describe('subtitles to start with', () => {
  const english = { id: 'a', language: 'en', forced: false };
  const forced = { id: 'b', language: 'en-GB', forced: true };
  const german = { id: 'c', language: 'de', forced: false };
  const all = [forced, english, german];
  it.each([
    ['none in a language of one’s own', [english, german], undefined, 'en-US', undefined],
    ['those of foreign words in one’s own language', all, undefined, 'en-US', forced],
    ['the same after subtitles were turned off', all, '', 'en-US', forced],
    ['the language chosen last, in full', all, 'en', 'de', english],
    ['the language chosen last, if there are only foreign words', [forced], 'en', 'de', forced],
    ['none if the language chosen last is missing', all, 'fr', 'en', undefined],
  ])('%s', (_, choices, chosen, own, first) => {
    expect(firstSubtitles(choices, chosen, own)).toBe(first);
  });
});

describe('sound to start with', () => {
  const english = { language: 'eng', default: true };
  const brazilian = { language: 'pt-BR', default: false };
  it.each([
    ['the film’s own choice, if none was made', [english, brazilian], undefined, undefined],
    ['the language chosen last, as the film calls it', [english, brazilian], 'pt-PT', 'pt-BR'],
    ['the film’s own choice, if that is the language', [english, { language: 'eng', default: false }], 'eng', undefined],
    ['the film’s own choice, if the language is missing', [english], 'fr', undefined],
  ])('%s', (_, tracks, chosen, first) => {
    expect(firstSound(tracks, chosen)).toBe(first);
  });
});

describe('what is remembered', () => {
  it('the languages, each for itself', () => {
    rememberLanguages({ audio: 'de' });
    rememberLanguages({ subtitles: '' });
    expect(languages()).toEqual({ audio: 'de', subtitles: '' });
  });

  it('the offset of each file, of as many as are worth it', () => {
    for (let at = 0; at < 205; at += 1) rememberOffset(`file-${at}`, 100);
    expect(offsetOf('file-0')).toBe(0);
    expect(offsetOf('file-204')).toBe(100);
    rememberOffset('file-204', 0);
    expect(localStorage.getItem('longhaul-subtitle-offsets')).not.toContain('file-204');
  });

  it('nothing of what others wrote', () => {
    localStorage.setItem('longhaul-media-languages', '{"audio":3');
    localStorage.setItem('longhaul-subtitle-offsets', '[1]');
    expect(languages()).toEqual({ audio: undefined, subtitles: undefined });
    expect(offsetOf('0')).toBe(0);
  });
});
