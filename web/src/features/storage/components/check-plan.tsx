import { SegmentedControl } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { toastDone, toastFailed } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';
import { formatCount } from '@/lib/format';
import { text } from '@/lib/messages';

import '../messages/catalogue';
import { planChecks, storageInfoQuery, storageKeys } from '../api';
import classes from './storage.module.css';

const usual = [
  { value: '0', label: text('storage:checkPlan.off') },
  { value: '7', label: text('storage:checkPlan.everyWeek') },
  { value: '30', label: text('storage:checkPlan.every30Days') },
];

/** How often a check starts on its schedule. It reads the share that is chosen when the schedule is. */
export function CheckPlan({ percent }: { percent: number }) {
  const { t } = useTranslation('storage');
  const client = useQueryClient();
  const confirmed = useConfirmed();
  const { data } = useQuery(storageInfoQuery());
  const planning = useMutation({
    mutationFn: (days: number) => confirmed(() => planChecks({ days, percent })),
    onSuccess: () => toastDone(t('checkPlan.scheduleChanged')),
    onError: (error) => toastFailed(t('checkPlan.couldntChangeThe'), error),
    onSettled: () => client.invalidateQueries({ queryKey: storageKeys.info() }),
  });
  if (!data) return null;
  const { days, percent: planned } = data.checkPlan;
  const known = usual.some(({ value }) => value === `${days}`);
  return (
    <div className={classes.plan}>
      <span className={classes.note}>{days === 0 ? t('checkPlan.scheduledChecksAre') : t('checkPlan.aCheckReads', { count: days, number: formatCount(days), planned })}</span>
      <SegmentedControl
        aria-label={t('checkPlan.schedule')}
        data={known ? usual : [...usual, { value: `${days}`, label: t('checkPlan.everyDays', { days }) }]}
        value={`${days}`}
        disabled={planning.isPending}
        onChange={(value) => planning.mutate(Number(value))}
      />
    </div>
  );
}
