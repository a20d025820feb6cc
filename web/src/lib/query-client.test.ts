import { expect, it, vi } from 'vitest';

import { ProblemError } from './problem';
import { newQueryClient } from './query-client';

it.each([
  [0, 3],
  [403, 1],
  [404, 1],
  [422, 1],
  [500, 3],
  [503, 3],
])('asks again only where that may help: after status %i it sends %i requests', async (status, requests) => {
  const queryFn = vi.fn(() => Promise.reject(new ProblemError(status, 'any', 'It failed.')));
  await expect(newQueryClient().query({ queryKey: ['any'], queryFn, retryDelay: 0 })).rejects.toThrow('It failed.');
  expect(queryFn).toHaveBeenCalledTimes(requests);
});
