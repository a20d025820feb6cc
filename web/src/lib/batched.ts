/**
 * Makes a loader of single things that asks for all those at once that are asked for within one turn,
 * at most `most` in one request.
 */
export function batched<K, V>(load: (keys: K[]) => Promise<ReadonlyMap<K, V>>, most: number): (key: K) => Promise<V | undefined> {
  let waiting: K[] = [];
  let answer: Promise<ReadonlyMap<K, V>> | undefined;
  return async (key) => {
    if (waiting.length >= most) answer = undefined;
    if (!answer) {
      const keys: K[] = [];
      waiting = keys;
      const mine: Promise<ReadonlyMap<K, V>> = Promise.resolve().then(() => {
        if (answer === mine) answer = undefined;
        return load(keys);
      });
      answer = mine;
    }
    const asked = answer;
    waiting.push(key);
    return (await asked).get(key);
  };
}
