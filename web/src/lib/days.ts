/** Turns days in the reader's time zone into the instants at which the first starts and the last is over. */
export function dayBounds(from: string, to: string): { from?: string; to?: string } {
  const start = from === '' ? undefined : new Date(`${from}T00:00:00`);
  const end = to === '' ? undefined : new Date(`${to}T00:00:00`);
  end?.setDate(end.getDate() + 1);
  const text = (at: Date | undefined) => (at && !Number.isNaN(at.getTime()) ? at.toISOString() : undefined);
  const bounds = { from: text(start), to: text(end) };
  return { ...(bounds.from && { from: bounds.from }), ...(bounds.to && { to: bounds.to }) };
}

/** Returns the last day, in the reader's time zone, that is over before an instant. */
export function dayOf(end: string): string {
  return localDay(new Date(new Date(end).getTime() - 1));
}

/** Returns an instant as inputs of a date and time have it, in the reader's time zone. */
export function localTime(instant: string): string {
  const at = new Date(instant);
  return `${localDay(at)}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

function localDay(at: Date): string {
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

function two(n: number): string {
  return `${n}`.padStart(2, '0');
}
