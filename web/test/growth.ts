const factor = 8;
const rounds = 5;
const enough = 5_000; // microseconds of work on the smaller size, so that the clock can tell

function spent(work: () => void, times: number): number {
  const before = process.cpuUsage();
  for (let i = 0; i < times; i++) work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/**
 * Returns how many times as much processor time work takes on eight times n as on n, at best of five rounds: about 8 if it
 * is linear, 64 if it is quadratic. Both are measured in one run, so that neither the machine nor its load decides.
 */
export function growth(n: number, prepare: (n: number) => () => void): number {
  const small = prepare(n);
  const large = prepare(factor * n);
  let times = 1;
  while (spent(small, times) < enough) times *= 2;
  const best = (work: () => void) => Math.min(...Array.from({ length: rounds }, () => spent(work, times)));
  return best(large) / best(small);
}
