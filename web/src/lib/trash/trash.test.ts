import { serve } from '@test/msw';
import { makeJob } from '@test/fixtures';
import { trashedJob } from '@test/trash';
import { World } from '@test/world';
import { describe, expect, it } from 'vitest';

import { deleteTrashed, restoreTrashed } from './api';

// More than one request takes, and not a whole number of them.
const many = 450;

function filled(): { world: World; ids: string[] } {
  const world = new World();
  const jobs = Array.from({ length: many }, (_, at) => makeJob({ name: `Download ${at}`, state: 'ready' }));
  for (const job of jobs) world.trash.delete(true, trashedJob(job), () => undefined);
  serve(world);
  return { world, ids: jobs.map(({ id }) => id) };
}

describe.each([
  ['restores', restoreTrashed],
  ['deletes', deleteTrashed],
] as const)('the trash', (what, act) => {
  it(`${what} hundreds of things and forgets none`, async () => {
    const { world, ids } = filled();
    expect(await act(ids)).toEqual([]);
    expect(world.trash.kept).toEqual([]);
  });

  it(`says of all that it ${what} what is refused`, async () => {
    const { world, ids } = filled();
    const refused = [ids[0] ?? '', ids[199] ?? '', ids[200] ?? '', ids[many - 1] ?? ''];
    for (const id of refused) world.trash.refusals.set(id, 'You have this content already.');
    expect((await act(ids)).map(({ id }) => id)).toEqual(refused);
    expect(world.trash.kept).toHaveLength(refused.length);
  });
});
