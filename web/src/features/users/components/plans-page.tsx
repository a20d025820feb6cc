import { Button, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { AdminPlan } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { FormFault } from '@/components/form-fault';
import { IconPlus } from '@/components/icons';
import { ErrorNotice } from '@/components/notice';
import { Page } from '@/components/page';
import { toastDone, toastFailed } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';
import { formatCount } from '@/lib/format';

import '../messages/catalogue';
import { plansQuery, userKeys } from '../api';
import { limitFields, limitText } from '../limits';
import { retirePlan } from '../plan-api';
import { MoveDialog } from './move-dialog';
import { PlanEditor } from './plan-editor';
import classes from './plans.module.css';
import { UserTabs } from './user-tabs';

/** The plans: their limits, who has them, and what an admin can do with them. */
export function PlansPage() {
  const { t } = useTranslation('users');
  const { data: plans, error, refetch } = useQuery(plansQuery());
  const [edited, setEdited] = useState<AdminPlan | 'new'>();
  const [moved, setMoved] = useState<AdminPlan>();
  const [retiring, setRetiring] = useState<AdminPlan>();
  return (
    <Page
      title={t('plansPage.plans')}
      intro={t('plansPage.whatAccountsMay')}
      actions={
        <Button leftSection={<IconPlus size={17} />} onClick={() => setEdited('new')}>
          {t('plansPage.addPlan')}
        </Button>
      }
    >
      <UserTabs />
      {!plans && !error && <Skeleton height={320} radius="lg" />}
      {!plans && error && <ErrorNotice error={error} title={t('plansPage.couldntLoadThe')} retry={() => void refetch()} />}
      {plans && (
        <ul className={classes.plans} aria-label={t('plansPage.plans')}>
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
  const { t } = useTranslation('users');
  const client = useQueryClient();
  const confirmed = useConfirmed();
  const offering = useMutation({
    mutationFn: () => confirmed(() => retirePlan(plan, false)),
    onSuccess: () => {
      toastDone(t('plansPage.accountsCanGet', { name: plan.name }));
      return client.invalidateQueries({ queryKey: userKeys.plans() });
    },
    onError: (failure) => toastFailed(t('plansPage.couldntChangeThe'), failure),
  });
  return (
    <li className={classes.plan} data-off={plan.retired || undefined} aria-label={plan.name}>
      <h2>
        {plan.name}
        {plan.default && <span className={classes.mark}>{t('plansPage.default')}</span>}
        {plan.retired && <span className={classes.mark}>{t('plansPage.retired')}</span>}
        {!plan.public && !plan.retired && <span className={classes.mark}>{t('plansPage.notShown')}</span>}
      </h2>
      <p className={classes.users}>
        {plan.users === 0 ? (
          t('plansPage.noAccounts')
        ) : (
          <Link to="/admin/users" search={{ plan: plan.id }}>
            {t('plansPage.accounts', { count: plan.users, number: formatCount(plan.users) })}
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
            <dt>{t('plansPage.poolOfAgents')}</dt>
            <dd>{plan.agentPool}</dd>
          </div>
        )}
      </dl>
      <div className={classes.acts}>
        <Button size="compact-sm" variant="default" aria-label={t('plansPage.editThePlan', { name: plan.name })} onClick={onEdit}>
          {t('plansPage.edit')}
        </Button>
        {plan.users > 0 && (
          <Button size="compact-sm" variant="default" aria-label={t('plansPage.moveAccountsOf', { name: plan.name })} onClick={onMove}>
            {t('plansPage.moveAccounts')}
          </Button>
        )}
        {plan.retired && (
          <Button size="compact-sm" variant="default" aria-label={t('plansPage.offerAgainThe', { name: plan.name })} loading={offering.isPending} onClick={() => offering.mutate()}>
            {t('plansPage.offerAgain')}
          </Button>
        )}
        {!plan.retired && !plan.default && plan.users === 0 && (
          <Button size="compact-sm" variant="default" aria-label={t('plansPage.retireThePlan', { name: plan.name })} onClick={onRetire}>
            {t('plansPage.retire')}
          </Button>
        )}
      </div>
      {!plan.retired && (plan.default || plan.users > 0) && (
        <p className={classes.note}>
          {plan.default ? t('plansPage.theDefaultPlan') : t('plansPage.toRetireIt')}
        </p>
      )}
    </li>
  );
}

function RetireDialog({ plan, onClose }: { plan: AdminPlan | undefined; onClose: () => void }) {
  const { t } = useTranslation('users');
  const client = useQueryClient();
  const confirmed = useConfirmed();
  const retiring = useMutation({
    mutationFn: (retired: AdminPlan) => confirmed(() => retirePlan(retired, true)),
    onSuccess: (retired) => {
      toastDone(t('plansPage.retiredThePlan', { name: retired.name }));
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
      title={t('plansPage.retireThePlan2', { name: plan?.name ?? '' })}
      confirmLabel={t('plansPage.retire')}
      danger={false}
      busy={retiring.isPending}
      onConfirm={() => plan && retiring.mutate(plan)}
      onClose={close}
    >
      <p>{t('plansPage.noAccountCan')}</p>
      <FormFault error={retiring.error} />
    </ConfirmDialog>
  );
}
