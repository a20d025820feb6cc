import { Button, Modal, Radio, Skeleton } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { Trans, useTranslation } from 'react-i18next';

import type { Plan, UserInfo } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { ErrorNotice } from '@/components/notice';

import '../messages/catalogue';
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
  const { t } = useTranslation('users');
  return (
    <Modal opened={user !== undefined} onClose={rest.onClose} title={t('planDialog.changePlan')} size="md">
      {user && <PlanForm user={user} {...rest} />}
    </Modal>
  );
}

function PlanForm({ user, busy, error, onAssign, onClose }: PlanDialogProps & { user: UserInfo }) {
  const { t } = useTranslation('users');
  const { data: plans, error: fault, refetch } = useQuery(plansQuery());
  const form = useForm({ initialValues: { plan: user.plan } });
  const plan = plans?.find(({ id }) => id === form.values.plan);
  return (
    <form
      className={classes.form}
      onSubmit={form.onSubmit(() => {
        if (plan && plan.id !== user.plan) onAssign(user, plan);
      })}
    >
      <p className={classes.note}>
        <Trans t={t} i18nKey="planDialog.forStoredFiles" values={{ email: user.email }} components={{ b: <b /> }} />
      </p>
      {fault && !plans && <ErrorNotice error={fault} title={t('planDialog.couldntLoadThe')} retry={() => void refetch()} />}
      {!plans && !fault && <Skeleton height={150} radius="md" />}
      {plans && (
        <Radio.Group label={t('planDialog.plan')} {...form.getInputProps('plan')}>
          <div className={classes.plans}>
            {plans.filter((each) => !each.retired || each.id === user.plan).map((each) => (
              <Radio
                key={each.id}
                value={each.id}
                label={
                  <>
                    {each.name}
                    {each.id === user.plan && <span className={classes.mark}>{t('planDialog.current')}</span>}
                  </>
                }
                description={planFacts(each).join(' · ')}
                data-autofocus={each.id === user.plan || undefined}
              />
            ))}
          </div>
        </Radio.Group>
      )}
      <FormFault error={error} />
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          {t('planDialog.cancel')}
        </Button>
        <Button type="submit" loading={busy} disabled={!plan || plan.id === user.plan}>
          {t('planDialog.changePlan')}
        </Button>
      </div>
    </form>
  );
}
