/**
 * Makes a sentence from a template, or nothing if one of its values isn't known. Every text of the catalogue passes
 * here, so that a second language has one place to come in.
 */
export function say(parts: TemplateStringsArray, ...values: readonly (string | undefined)[]): string | undefined {
  let text = parts[0] ?? '';
  for (const [at, value] of values.entries()) {
    if (value === undefined) return undefined;
    text += value + (parts[at + 1] ?? '');
  }
  return text;
}

/** Returns the first sentence whose values are all known. The last one needs none. */
export function first(...forms: [...(string | undefined)[], string]): string {
  return forms.find((form) => form !== undefined) ?? '';
}
