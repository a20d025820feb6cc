const tight = 0.9;

/** Returns the tone of something that is filled to a share: storage, a disk, an account. */
export function fillTone(share: number): 'active' | 'warn' | 'bad' {
  if (share >= 1) return 'bad';
  return share >= tight ? 'warn' : 'active';
}
