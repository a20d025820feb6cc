import { NativeSelect } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { ConfirmDialog } from '@/components/confirm-dialog';
import { FormFault } from '@/components/form-fault';
import { toastDone } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';
import { formatCount } from '@/lib/format';

import '../messages/catalogue';
import { plansQuery, userKeys } from '../api';
import { assignPlanToMany, type UserMatch } from '../plan-api';

interface MoveDialogProps {
  /** Which accounts; undefined while closed. */
  match: UserMatch | undefined;
  /** How many they are. */
  count: number;
  onClose: () => void;
}

/** Changes the plan of many accounts. */
export function MoveDialog({ match, count, onClose }: MoveDialogProps) {
  const { t } = useTranslation('users');
  const client = useQueryClient();
  const confirmed = useConfirmed();
  const { data: plans } = useQuery(plansQuery());
  const [chosen, setChosen] = useState('');
  const offered = plans?.filter((plan) => !plan.retired && plan.id !== match?.plan) ?? [];
  const plan = offered.find(({ id }) => id === chosen) ?? offered[0];
  const byPlan = match && match.plan !== '' && match.q.trim() === '' && match.state === '' && match.role === '';
  const moving = useMutation({
    mutationFn: (asked: { plan: string; match: UserMatch }) => confirmed(() => assignPlanToMany(asked.plan, asked.match)),
    onSuccess: ({ changed }) => {
      toastDone(t('moveDialog.accountsMovedTo', { count: changed, number: formatCount(changed), name: plan?.name }));
      close();
    },
    // A part may have moved before a failure.
    onSettled: () => client.invalidateQueries({ queryKey: userKeys.all }),
  });
  const close = () => {
    moving.reset();
    onClose();
  };
  return (
    <ConfirmDialog
      opened={match !== undefined}
      title={t('moveDialog.changeThePlan', { count, number: formatCount(count) })}
      confirmLabel={t('moveDialog.changePlan')}
      danger={false}
      typed={count > 1 ? formatCount(count) : undefined}
      busy={moving.isPending}
      fields={
        <NativeSelect
          label={t('moveDialog.newPlan')}
          mb="md"
          data={offered.map(({ id, name }) => ({ value: id, label: name }))}
          value={plan?.id ?? ''}
          onChange={(event) => setChosen(event.currentTarget.value)}
        />
      }
      onConfirm={() => match && plan && moving.mutate({ plan: plan.id, match })}
      onClose={close}
    >
      <p>
        {byPlan ? t('moveDialog.everyAccountThat') : t('moveDialog.everyAccountThatThe')}
      </p>
      <FormFault error={moving.error} />
    </ConfirmDialog>
  );
}
