const browsers: readonly [RegExp, string][] = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\//, 'Firefox'],
  [/Chrom(?:e|ium)\//, 'Chrome'],
  [/Safari\//, 'Safari'],
  [/^longhaul/i, 'Command line'],
  [/^curl/i, 'curl'],
];

const systems: readonly [RegExp, string][] = [
  [/iPhone|iPad/, 'iOS'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
];

function first(list: readonly [RegExp, string][], text: string): string | undefined {
  return list.find(([pattern]) => pattern.test(text))?.[1];
}

/** Names a browser and system roughly, as a person would. */
export function describeUserAgent(userAgent: string): string {
  const browser = first(browsers, userAgent);
  const system = first(systems, userAgent);
  if (browser === undefined) return userAgent === '' ? 'Unknown device' : userAgent.slice(0, 60);
  return system === undefined ? browser : `${browser} on ${system}`;
}

/** What somebody signs in with, as far as a program tells. */
export type DeviceKind = 'phone' | 'computer' | 'program';

/** Tells roughly what a session is used on. */
export function deviceKindOf(userAgent: string): DeviceKind {
  if (/iPhone|iPad|Android/.test(userAgent)) return 'phone';
  return userAgent.startsWith('Mozilla/') || userAgent === '' ? 'computer' : 'program';
}
