import { Button, Modal, NativeSelect, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';

import type { PlanLimit, UserDetail } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { toastDone } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';
import { dayBounds, dayOf } from '@/lib/days';

import { plansQuery, userKeys } from '../api';
import { limitFault, limitFields, limitOf, limitText, overriddenBy, typedOf } from '../limits';
import { setOverride } from '../plan-api';
import classes from './plans.module.css';

interface OverrideDialogProps {
  user: UserDetail;
  opened: boolean;
  onClose: () => void;
}

/** Gives an account other limits than its plan's. */
export function OverrideDialog({ user, opened, onClose }: OverrideDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="Own limits" size="lg">
      <Form user={user} onClose={onClose} />
    </Modal>
  );
}

type Choice = 'plan' | 'other' | 'none';

interface Row {
  choice: Choice;
  typed: string;
}

function rowsOf(user: UserDetail): Record<PlanLimit, Row> {
  return Object.fromEntries(
    limitFields.map((field) => {
      const own = overriddenBy(user.override, field.limit);
      return [field.limit, { choice: own === undefined ? 'plan' : own === null ? 'none' : 'other', typed: typedOf(field, own ?? null) }];
    }),
  ) as Record<PlanLimit, Row>;
}

function Form({ user, onClose }: { user: UserDetail; onClose: () => void }) {
  const client = useQueryClient();
  const confirmed = useConfirmed();
  const { data: plans } = useQuery(plansQuery());
  const plan = plans?.find(({ id }) => id === user.plan);
  const [rows, setRows] = useState(() => rowsOf(user));
  const [until, setUntil] = useState(user.override?.until ? dayOf(user.override.until) : '');
  const [reason, setReason] = useState(user.override?.reason ?? '');
  const [tried, setTried] = useState(false);
  const chosen = limitFields.filter((field) => rows[field.limit].choice !== 'plan');
  const wrong = chosen.filter((field) => rows[field.limit].choice === 'other' && (limitOf(field, rows[field.limit].typed) ?? undefined) === undefined);
  const saving = useMutation({
    mutationFn: () => {
      const limits = chosen.map((field) => ({ limit: field.limit, value: rows[field.limit].choice === 'none' ? null : (limitOf(field, rows[field.limit].typed) ?? null) }));
      return confirmed(() => setOverride(user.id, { limits, reason: reason.trim(), until: dayBounds('', until).to ?? null }));
    },
    onSuccess: () => {
      toastDone(`${user.email} has its own limits.`);
      onClose();
      return client.invalidateQueries({ queryKey: userKeys.all });
    },
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (chosen.length > 0 && wrong.length === 0 && reason.trim() !== '' && !saving.isPending) saving.mutate();
  };
  const change = (limit: PlanLimit, to: Partial<Row>) => setRows({ ...rows, [limit]: { ...rows[limit], ...to } });
  return (
    <form noValidate className={classes.form} onSubmit={submit}>
      <p className={classes.note}>They count at once, in place of the plan’s. Lower ones delete no files right away.</p>
      {limitFields.map((field) => {
        const { choice, typed } = rows[field.limit];
        const others = { other: 'Other', none: field.none === 'no limit' ? 'No limit' : 'Until deleted' };
        return (
          <div key={field.limit} className={classes.other}>
            <NativeSelect
              label={field.label}
              description={field.note}
              data={[
                { value: 'plan', label: plan ? `Plan: ${limitText(field, plan[field.limit])}` : 'As the plan says' },
                { value: 'other', label: others.other },
                { value: 'none', label: others.none },
              ]}
              value={choice}
              onChange={(event) => change(field.limit, { choice: event.currentTarget.value as Choice })}
            />
            {choice === 'other' && (
              <TextInput
                aria-label={`${field.label} (${field.unit})`}
                inputMode="decimal"
                autoComplete="off"
                rightSectionWidth={86}
                rightSection={<span className={classes.note}>{field.unit}</span>}
                error={tried && wrong.includes(field) && limitFault(field).replace(', or leave it empty', '')}
                value={typed}
                onChange={(event) => change(field.limit, { typed: event.currentTarget.value })}
              />
            )}
          </div>
        );
      })}
      <TextInput
        label="Until the end of"
        description="Then the plan’s limits count again. Leave it empty for no end. The owner sees it."
        type="date"
        value={until}
        onChange={(event) => setUntil(event.currentTarget.value)}
      />
      <TextInput
        label="Reason"
        description="Only admins read it."
        maxLength={500}
        autoComplete="off"
        required
        error={tried && reason.trim() === '' && 'Say why.'}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {tried && chosen.length === 0 && (
        <p className={classes.fault} role="alert">
          Choose at least one limit that differs from the plan.
        </p>
      )}
      <FormFault error={saving.error} />
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={saving.isPending}>
          Save
        </Button>
      </div>
    </form>
  );
}
