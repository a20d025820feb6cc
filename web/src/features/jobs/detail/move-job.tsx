import { Button } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';

import type { Provider } from '@/api/model';
import { IconRoute } from '@/components/icons';

import type { MoveJobProps } from './move-dialog';
import { moveLabel } from './move-label';

// It is there before anyone can ask for it, and the page doesn't wait for it.
const MoveDialog = lazy(() => import('./move-dialog').then((part) => ({ default: part.MoveDialog })));

/** Lets an admin move an open job to another provider. */
export function MoveJob({ job, troubleOf }: MoveJobProps) {
  const [to, setTo] = useState<Provider>();
  return (
    <>
      {job.movableTo.map((provider) => (
        <Button key={provider} variant="default" leftSection={<IconRoute size={16} />} onClick={() => setTo(provider)}>
          {moveLabel(provider, provider === job.provider)}
        </Button>
      ))}
      <Suspense>
        <MoveDialog job={job} troubleOf={troubleOf} to={to} onClose={() => setTo(undefined)} />
      </Suspense>
    </>
  );
}
