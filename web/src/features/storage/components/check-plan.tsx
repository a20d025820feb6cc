import { SegmentedControl } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

import { toastDone, toastFailed } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';
import { formatPlural } from '@/lib/format';

import { planChecks, storageInfoQuery, storageKeys } from '../api';
import classes from './storage.module.css';

const usual = [
  { value: '0', label: 'Off' },
  { value: '7', label: 'Every week' },
  { value: '30', label: 'Every 30 days' },
];

/** How often a check starts on its schedule. It reads the share that is chosen when the schedule is. */
export function CheckPlan({ percent }: { percent: number }) {
  const client = useQueryClient();
  const confirmed = useConfirmed();
  const { data } = useQuery(storageInfoQuery());
  const planning = useMutation({
    mutationFn: (days: number) => confirmed(() => planChecks({ days, percent })),
    onSuccess: () => toastDone('Schedule changed.'),
    onError: (error) => toastFailed("Couldn't change the schedule", error),
    onSettled: () => client.invalidateQueries({ queryKey: storageKeys.info() }),
  });
  if (!data) return null;
  const { days, percent: planned } = data.checkPlan;
  const known = usual.some(({ value }) => value === `${days}`);
  return (
    <div className={classes.plan}>
      <span className={classes.note}>{days === 0 ? 'Scheduled checks are off.' : `A check reads ${planned}% of all files every ${formatPlural(days, 'day', 'days')}.`}</span>
      <SegmentedControl
        aria-label="Schedule"
        data={known ? usual : [...usual, { value: `${days}`, label: `Every ${days} days` }]}
        value={`${days}`}
        disabled={planning.isPending}
        onChange={(value) => planning.mutate(Number(value))}
      />
    </div>
  );
}
