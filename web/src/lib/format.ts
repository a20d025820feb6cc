const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;
const integers = new Intl.NumberFormat();
const oneDecimal = new Intl.NumberFormat(undefined, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** Formats bytes in binary units, the only ones in the app: "1.4 GiB". Negative and missing sizes are "unknown". */
export function formatBytes(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined || bytes < 0) return 'unknown';
  let value = bytes;
  let unit = 0;
  while (value >= 1023.95 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const number = unit === 0 || value >= 99.95 ? integers.format(Math.round(value)) : oneDecimal.format(value);
  return `${number} ${units[unit] ?? ''}`;
}

/** Formats bytes per second. */
export function formatRate(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`;
}

/** Formats whole numbers with the reader's separators. */
export function formatCount(count: number): string {
  return integers.format(count);
}

/** Formats a count with its noun: "1 file", "12 files". */
export function formatPlural(count: number, one: string, other: string): string {
  return `${formatCount(count)} ${count === 1 ? one : other}`;
}

/** Formats a share of 1 as a percentage, which is 100% only when complete. */
export function formatPercent(share: number): string {
  const percent = Math.min(100, Math.max(0, share * 100));
  const shown = percent < 100 ? Math.min(99.9, Math.floor(percent * 10) / 10) : 100;
  return shown === 100 || shown === 0 ? `${shown}%` : `${oneDecimal.format(shown)}%`;
}

/** Formats a duration with its two largest units: "2 h 5 min", "40 s". */
export function formatDuration(seconds: number): string {
  const total = Math.max(0, Math.round(seconds));
  if (total < 60) return `${total} s`;
  const minutes = Math.floor(total / 60);
  if (minutes < 60) return minutes < 10 && total % 60 > 0 ? `${minutes} min ${total % 60} s` : `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 > 0 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  const days = Math.floor(hours / 24);
  return hours % 24 > 0 ? `${days} d ${hours % 24} h` : `${days} d`;
}

const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

const steps: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** Formats an instant relative to now: "3 minutes ago", "in 2 hours". */
export function formatRelative(at: string, now: number): string {
  const seconds = (Date.parse(at) - now) / 1000;
  const size = Math.abs(seconds);
  if (size < 45) return seconds > 5 ? 'in a moment' : 'just now';
  for (const [unit, length] of steps) {
    if (size >= length * 0.95) return relative.format(Math.round(seconds / length), unit);
  }
  return relative.format(Math.round(seconds / 60) || Math.sign(seconds), 'minute');
}

const day = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });
const dayAndTime = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' });

/** Formats a date in the reader's time zone: "Dec 1", or "Nov 30, 7:00 PM" where it does not start at midnight. */
export function formatDate(at: string): string {
  const date = new Date(at);
  const midnight = date.getHours() === 0 && date.getMinutes() === 0;
  return (midnight ? day : dayAndTime).format(date);
}

/** Formats an instant in full, in the reader's time zone. */
export function formatMoment(at: string): string {
  return absolute.format(new Date(at));
}

const time = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
const weekdayAndTime = new Intl.DateTimeFormat(undefined, { weekday: 'short', hour: 'numeric', minute: '2-digit' });

function daysBetween(from: Date, to: Date): number {
  const midnight = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  return Math.round((midnight(to) - midnight(from)) / 86_400_000);
}

/** Formats an instant in the reader's time zone: "21:40" today, "Tue 21:40" within a week, else "Dec 1, 21:40". */
export function formatTime(at: string, now: number): string {
  const date = new Date(at);
  const days = daysBetween(new Date(now), date);
  if (days === 0) return time.format(date);
  return (Math.abs(days) < 7 ? weekdayAndTime : dayAndTime).format(date);
}

/** Formats an instant for the end of a sentence: "at 21:40" today, else as formatTime does. */
export function formatAt(at: string, now: number): string {
  const today = daysBetween(new Date(now), new Date(at)) === 0;
  return `${today ? 'at ' : ''}${formatTime(at, now)}`;
}

const dayAndYear = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

/** Formats the last day that is over before an instant, with its year. */
export function formatLastDay(end: string): string {
  return dayAndYear.format(new Date(new Date(end).getTime() - 1));
}
