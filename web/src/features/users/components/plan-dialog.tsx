import { Button, Modal, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import type { Plan, UserInfo } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { ErrorNotice } from '@/components/notice';

import { plansQuery } from '../api';
import { planFacts } from '../user';
import classes from './users.module.css';

interface PlanDialogProps {
  /** Undefined while closed. */
  user: UserInfo | undefined;
  busy: boolean;
  error: Error | null;
  onAssign: (user: UserInfo, plan: Plan) => void;
  onClose: () => void;
}

/** Assigns another plan to an account. */
export function PlanDialog({ user, ...rest }: PlanDialogProps) {
  return (
    <Modal opened={user !== undefined} onClose={rest.onClose} title="Change plan" size="md">
      {user && <PlanForm user={user} {...rest} />}
    </Modal>
  );
}

function PlanForm({ user, busy, error, onAssign, onClose }: PlanDialogProps & { user: UserInfo }) {
  const { data: plans, error: fault, refetch } = useQuery(plansQuery());
  const [chosen, setChosen] = useState(user.plan);
  const plan = plans?.find(({ id }) => id === chosen);
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (plan && plan.id !== user.plan) onAssign(user, plan);
      }}
    >
      <p className={classes.note}>
        For <b>{user.email}</b>. Stored files stay, even over the new limit. Downloads that no longer fit wait.
      </p>
      {fault && !plans && <ErrorNotice error={fault} title="Couldn't load the plans" retry={() => void refetch()} />}
      {!plans && !fault && <Skeleton height={150} radius="md" />}
      {plans && (
        <fieldset className={classes.plans}>
          <legend>Plan</legend>
          {plans.map((each, at) => (
            <label key={each.id} className={classes.plan}>
              <input
                type="radio"
                name="plan"
                value={each.id}
                checked={chosen === each.id}
                onChange={() => setChosen(each.id)}
                data-autofocus={at === 0 || undefined}
              />
              <span>
                <b>{each.name}</b>
                {each.id === user.plan && <span className={classes.mark}>current</span>}
                <span className={classes.planfacts}>{planFacts(each).join(' · ')}</span>
              </span>
            </label>
          ))}
        </fieldset>
      )}
      <FormFault error={error} />
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={busy} disabled={!plan || plan.id === user.plan}>
          Change plan
        </Button>
      </div>
    </form>
  );
}
