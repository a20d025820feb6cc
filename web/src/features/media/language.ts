const names = new Intl.DisplayNames(undefined, { type: 'language', fallback: 'none' });

/** The name of a language in the reader's own; '' if the tag names none. */
export function languageName(tag: string): string {
  if (tag === '' || tag === 'und') return '';
  try {
    return names.of(tag) ?? tag;
  } catch {
    return tag;
  }
}
