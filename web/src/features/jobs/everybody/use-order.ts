import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { OwnedJob } from '@/api/model';
import { inLines } from '@/lib/in-lines';

import { actOnAny, anyJobKeys, type Order } from './api';

/** This many requests run at a time. */
const lines = 4;

/** Performs an order on each of some downloads, and counts how far it got. */
export function useOrder() {
  const client = useQueryClient();
  const [ended, setEnded] = useState(0);
  const ordering = useMutation({
    mutationFn: ({ jobs, order }: { jobs: readonly OwnedJob[]; order: Order }) => {
      setEnded(0);
      return inLines(jobs, lines, async (job) => {
        try {
          await actOnAny(job.id, order);
        } finally {
          setEnded((before) => before + 1);
        }
      });
    },
    // A deleted download has no page to refresh.
    onSettled: (_, __, { order }) => client.invalidateQueries({ queryKey: order.act === 'delete' ? anyJobKeys.lists() : anyJobKeys.all }),
  });
  return { ...ordering, ended };
}
