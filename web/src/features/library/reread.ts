import type { QueryClient } from '@tanstack/react-query';

import { libraryKeys } from './api';

const within = 1_000;
const due = new WeakSet<QueryClient>();

/** Has the library load again, once for everything that ends or goes within a second. */
export function rereadLibrary(client: QueryClient): void {
  if (due.has(client)) return;
  due.add(client);
  setTimeout(() => {
    due.delete(client);
    void client.invalidateQueries({ queryKey: libraryKeys.all, predicate: ({ queryKey }) => queryKey[1] !== 'link' });
  }, within);
}
