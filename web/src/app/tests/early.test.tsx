import { waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import { makeJob } from '../../../test/fixtures';
import { renderApp } from '../../../test/render-app';
import { World } from '../../../test/world';
import { starts } from '../../../scripts/starts';

/** Opens an address, and returns what the page asked of the API. */
function opened(address: string, prepare: (world: World) => void): string[] {
  const world = new World();
  prepare(world);
  const asked: string[] = [];
  const answer = world.answer.bind(world);
  world.answer = (request) => {
    const { pathname, search } = new URL(request.url);
    asked.push(pathname + search);
    return answer(request);
  };
  renderApp(world, address);
  return asked;
}

const job = makeJob({ name: 'Some film', state: 'ready' });

describe('what the server names along with a page', () => {
  it.each([
    ['/login', '/login', (world: World) => void (world.me = null)],
    ['/', '/', (world: World) => void world.jobs.push(job)],
    ['/jobs/', `/jobs/${job.id}`, (world: World) => void world.jobs.push(job)],
  ])('is what the page of %s asks for, once', async (path, address, prepare) => {
    const asked = opened(address, prepare);
    const early = (starts[path]?.answers ?? []).map((each) => each.replace('{id}', job.id));
    expect(early.length).toBeGreaterThan(0);
    await waitFor(() => expect(asked).toEqual(expect.arrayContaining(early)));
    for (const each of early) expect(asked.filter((one) => one === each)).toHaveLength(1);
  });
});
