import { text } from './messages';
import './common-messages/catalogue';

const browsers: readonly [RegExp, string][] = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\//, 'Firefox'],
  [/Chrom(?:e|ium)\//, 'Chrome'],
  [/Safari\//, 'Safari'],
  [/^longhaul/i, text('common:devices.commandLine')],
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

/** Describes a browser and system, as a person would. */
export function describeUserAgent(userAgent: string): string {
  const browser = first(browsers, userAgent);
  const system = first(systems, userAgent);
  if (browser === undefined) return userAgent === '' ? text('common:devices.unknown') : userAgent.slice(0, 60);
  return system === undefined ? browser : text('common:devices.onSystem', { browser, system });
}

/** The kind of device that a session runs on. */
export type DeviceKind = 'phone' | 'computer' | 'program';

/** Guesses the kind of device from a user agent. */
export function deviceKindOf(userAgent: string): DeviceKind {
  if (/iPhone|iPad|Android/.test(userAgent)) return 'phone';
  return userAgent.startsWith('Mozilla/') || userAgent === '' ? 'computer' : 'program';
}
