/** Turns days in the reader's time zone into the instants at which the first starts and the last is over. */
export function dayBounds(from: string, to: string): { from?: string; to?: string } {
  const start = from === '' ? undefined : new Date(`${from}T00:00:00`);
  const end = to === '' ? undefined : new Date(`${to}T00:00:00`);
  end?.setDate(end.getDate() + 1);
  const text = (at: Date | undefined) => (at && !Number.isNaN(at.getTime()) ? at.toISOString() : undefined);
  const bounds = { from: text(start), to: text(end) };
  return { ...(bounds.from && { from: bounds.from }), ...(bounds.to && { to: bounds.to }) };
}
