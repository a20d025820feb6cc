import { Button, Checkbox, Modal, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useDeferredValue, useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';

import type { AdminPlan } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { toastDone } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';
import { text } from '@/lib/messages';
import { poolFault } from '@/lib/pool';
import { ProblemError } from '@/lib/problem';

import '../messages/catalogue';
import { userKeys } from '../api';
import { readLimits, typedLimits } from '../limits';
import { createPlan, updatePlan, type PlanFacts } from '../plan-api';
import { LimitInputs } from './limit-inputs';
import { PlanEffectNote } from './plan-effect-note';
import classes from './plans.module.css';

interface PlanEditorProps {
  /** The plan to change, "new" for another one, undefined while closed. */
  edited: AdminPlan | 'new' | undefined;
  /** The position that a new plan gets. */
  next: number;
  onClose: () => void;
}

/** Adds or changes a plan. */
export function PlanEditor({ edited, next, onClose }: PlanEditorProps) {
  const { t } = useTranslation('users');
  return (
    <Modal opened={edited !== undefined} onClose={onClose} title={edited === 'new' ? t('planEditor.addPlan') : t('planEditor.editPlan')} size="lg">
      {edited && <Form plan={edited === 'new' ? undefined : edited} next={next} onClose={onClose} />}
    </Modal>
  );
}

/** Makes the id of a plan from its name. */
function idOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z\d]+/g, '-').replaceAll(/^[-\d]+|-+$/g, '').slice(0, 40);
}

/** Says what a name lacks. Only a new plan gets its ID from it. */
function namelessness(name: string, plan: AdminPlan | undefined): string | undefined {
  if (name.trim() === '') return text('users:planEditor.enterAName');
  return plan === undefined && idOf(name) === '' ? text('users:planEditor.useAtLeast') : undefined;
}

function factsOf(plan: AdminPlan | undefined, next: number): PlanFacts {
  return {
    name: plan?.name ?? '', default: plan?.default ?? false, public: plan?.public ?? true, position: plan?.position ?? next, agentPool: plan?.agentPool ?? '',
  };
}

function Form({ plan, next, onClose }: { plan: AdminPlan | undefined; next: number; onClose: () => void }) {
  const { t } = useTranslation('users');
  const client = useQueryClient();
  const confirmed = useConfirmed();
  const [facts, setFacts] = useState<PlanFacts>(() => factsOf(plan, next));
  const [typed, setTyped] = useState(() => typedLimits(plan));
  const [tried, setTried] = useState(false);
  const { limits, faults: wrong } = readLimits(typed);
  const ahead = useDeferredValue(limits);
  const saving = useMutation({
    mutationFn: () => confirmed(() => (plan ? updatePlan(plan, facts, limits) : createPlan(idOf(facts.name), facts, limits))),
    onSuccess: (saved) => {
      toastDone(plan ? t('planEditor.changedThePlan', { name: saved.name }) : t('planEditor.addedThePlan', { name: saved.name }));
      onClose();
      return client.invalidateQueries({ queryKey: userKeys.all });
    },
  });
  const nameless = namelessness(facts.name, plan);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (wrong.length === 0 && nameless === undefined && poolFault(facts.agentPool) === undefined && !saving.isPending) saving.mutate();
  };
  const fault = (field: string) => (saving.error instanceof ProblemError ? saving.error.fieldFault(field) : undefined);
  const nameFault = fault('id') ?? fault('name');
  return (
    <form noValidate className={classes.form} onSubmit={submit}>
      <FormFault error={nameFault === undefined ? saving.error : null} />
      <div className={classes.inputs}>
        <TextInput
          label={t('planEditor.name')}
          description={plan ? t('planEditor.id', { id: plan.id }) : t('planEditor.thePlansId')}
          maxLength={60}
          autoComplete="off"
          required
          data-autofocus
          error={nameFault ?? (tried && nameless)}
          value={facts.name}
          onChange={(event) => setFacts({ ...facts, name: event.currentTarget.value })}
        />
        <TextInput
          label={t('planEditor.position')}
          description={t('planEditor.itsPlaceIn')}
          type="number"
          min={0}
          max={1000}
          step={1}
          value={`${facts.position}`}
          onChange={(event) => setFacts({ ...facts, position: Math.min(1000, Math.max(0, Math.round(Number(event.currentTarget.value)))) })}
        />
      </div>
      <LimitInputs typed={typed} faults={tried ? wrong : []} onTyped={(limit, text) => setTyped({ ...typed, [limit]: text })} />
      <TextInput
        label={t('planEditor.poolOfAgents')}
        description={t('planEditor.onlyAgentsOf')}
        maxLength={40}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        error={poolFault(facts.agentPool)}
        value={facts.agentPool}
        onChange={(event) => setFacts({ ...facts, agentPool: event.currentTarget.value.trim() })}
      />
      <Checkbox
        label={t('planEditor.newAccountsGet')}
        description={plan?.default ? t('planEditor.toChangeThis') : t('planEditor.itTakesThe')}
        disabled={plan?.default}
        checked={facts.default}
        onChange={(event) => setFacts({ ...facts, default: event.currentTarget.checked })}
      />
      <Checkbox
        label={t('planEditor.showItTo')}
        description={t('planEditor.onTheUsage')}
        checked={facts.public}
        onChange={(event) => setFacts({ ...facts, public: event.currentTarget.checked })}
      />
      {plan && plan.users > 0 && wrong.length === 0 && <PlanEffectNote plan={plan} limits={ahead} />}
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          {t('planEditor.cancel')}
        </Button>
        <Button type="submit" loading={saving.isPending}>
          {plan ? t('planEditor.save') : t('planEditor.add')}
        </Button>
      </div>
    </form>
  );
}
