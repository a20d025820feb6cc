import { Button, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import type { AdminPlan } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { FormFault } from '@/components/form-fault';
import { IconPlus } from '@/components/icons';
import { ErrorNotice } from '@/components/notice';
import { Page } from '@/components/page';
import { toastDone, toastFailed } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';
import { formatPlural } from '@/lib/format';

import { plansQuery, userKeys } from '../api';
import { limitFields, limitText } from '../limits';
import { retirePlan } from '../plan-api';
import { MoveDialog } from './move-dialog';
import { PlanEditor } from './plan-editor';
import classes from './plans.module.css';
import { UserTabs } from './user-tabs';

/** The plans: their limits, who has them, and what an admin can do with them. */
export function PlansPage() {
  const { data: plans, error, refetch } = useQuery(plansQuery());
  const [edited, setEdited] = useState<AdminPlan | 'new'>();
  const [moved, setMoved] = useState<AdminPlan>();
  const [retiring, setRetiring] = useState<AdminPlan>();
  return (
    <Page
      title="Plans"
      intro="What accounts may use. An account can get other limits for a time on its page."
      actions={
        <Button leftSection={<IconPlus size={17} />} onClick={() => setEdited('new')}>
          Add plan
        </Button>
      }
    >
      <UserTabs />
      {!plans && !error && <Skeleton height={320} radius="lg" />}
      {!plans && error && <ErrorNotice error={error} title="Couldn't load the plans" retry={() => void refetch()} />}
      {plans && (
        <ul className={classes.plans} aria-label="Plans">
          {plans.map((plan) => (
            <PlanCard key={plan.id} plan={plan} onEdit={() => setEdited(plan)} onMove={() => setMoved(plan)} onRetire={() => setRetiring(plan)} />
          ))}
        </ul>
      )}
      <PlanEditor edited={edited} next={Math.max(0, ...(plans ?? []).map(({ position }) => position)) + 1} onClose={() => setEdited(undefined)} />
      <MoveDialog match={moved && { q: '', state: '', role: '', plan: moved.id }} count={moved?.users ?? 0} onClose={() => setMoved(undefined)} />
      <RetireDialog plan={retiring} onClose={() => setRetiring(undefined)} />
    </Page>
  );
}

interface PlanCardProps {
  plan: AdminPlan;
  onEdit: () => void;
  onMove: () => void;
  onRetire: () => void;
}

function PlanCard({ plan, onEdit, onMove, onRetire }: PlanCardProps) {
  const client = useQueryClient();
  const confirmed = useConfirmed();
  const offering = useMutation({
    mutationFn: () => confirmed(() => retirePlan(plan, false)),
    onSuccess: () => {
      toastDone(`Accounts can get the ${plan.name} plan again.`);
      return client.invalidateQueries({ queryKey: userKeys.plans() });
    },
    onError: (failure) => toastFailed("Couldn't change the plan", failure),
  });
  return (
    <li className={classes.plan} data-off={plan.retired || undefined} aria-label={plan.name}>
      <h2>
        {plan.name}
        {plan.default && <span className={classes.mark}>default</span>}
        {plan.retired && <span className={classes.mark}>retired</span>}
        {!plan.public && !plan.retired && <span className={classes.mark}>not shown</span>}
      </h2>
      <p className={classes.users}>
        {plan.users === 0 ? (
          'No accounts'
        ) : (
          <Link to="/admin/users" search={{ plan: plan.id }}>
            {formatPlural(plan.users, 'account', 'accounts')}
          </Link>
        )}
      </p>
      <dl>
        {limitFields.map((field) => (
          <div key={field.limit}>
            <dt>{field.label}</dt>
            <dd>{limitText(field, plan[field.limit])}</dd>
          </div>
        ))}
        {plan.agentPool !== '' && (
          <div>
            <dt>Pool of agents</dt>
            <dd>{plan.agentPool}</dd>
          </div>
        )}
      </dl>
      <div className={classes.acts}>
        <Button size="compact-sm" variant="default" aria-label={`Edit the ${plan.name} plan`} onClick={onEdit}>
          Edit
        </Button>
        {plan.users > 0 && (
          <Button size="compact-sm" variant="default" aria-label={`Move accounts of the ${plan.name} plan`} onClick={onMove}>
            Move accounts
          </Button>
        )}
        {plan.retired && (
          <Button size="compact-sm" variant="default" aria-label={`Offer again the ${plan.name} plan`} loading={offering.isPending} onClick={() => offering.mutate()}>
            Offer again
          </Button>
        )}
        {!plan.retired && !plan.default && plan.users === 0 && (
          <Button size="compact-sm" variant="default" aria-label={`Retire the ${plan.name} plan`} onClick={onRetire}>
            Retire
          </Button>
        )}
      </div>
      {!plan.retired && (plan.default || plan.users > 0) && (
        <p className={classes.note}>
          {plan.default ? 'The default plan can’t be retired.' : 'To retire it, move its accounts to another plan first.'}
        </p>
      )}
    </li>
  );
}

function RetireDialog({ plan, onClose }: { plan: AdminPlan | undefined; onClose: () => void }) {
  const client = useQueryClient();
  const confirmed = useConfirmed();
  const retiring = useMutation({
    mutationFn: (retired: AdminPlan) => confirmed(() => retirePlan(retired, true)),
    onSuccess: (retired) => {
      toastDone(`Retired the ${retired.name} plan.`);
      close();
      return client.invalidateQueries({ queryKey: userKeys.plans() });
    },
  });
  const close = () => {
    retiring.reset();
    onClose();
  };
  return (
    <ConfirmDialog
      opened={plan !== undefined}
      title={`Retire the ${plan?.name ?? ''} plan?`}
      confirmLabel="Retire"
      danger={false}
      busy={retiring.isPending}
      onConfirm={() => plan && retiring.mutate(plan)}
      onClose={close}
    >
      <p>No account can get it any more, and it is no longer shown. You can offer it again later.</p>
      <FormFault error={retiring.error} />
    </ConfirmDialog>
  );
}
