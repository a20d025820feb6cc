import { Button, Modal, NativeSelect, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';

import type { PlanLimit, UserDetail } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { toastDone } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';
import { dayBounds, dayOf } from '@/lib/days';

import '../messages/catalogue';
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
  const { t } = useTranslation('users');
  return (
    <Modal opened={opened} onClose={onClose} title={t('overrideDialog.ownLimits')} size="lg">
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
  const { t } = useTranslation('users');
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
      toastDone(t('overrideDialog.hasItsOwn', { email: user.email }));
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
      <p className={classes.note}>{t('overrideDialog.theyCountAt')}</p>
      {limitFields.map((field) => {
        const { choice, typed } = rows[field.limit];
        const others = { other: t('overrideDialog.other'), none: field.none === t('limits.noLimit') ? t('overrideDialog.noLimit') : t('overrideDialog.untilDeleted') };
        return (
          <div key={field.limit} className={classes.other}>
            <NativeSelect
              label={field.label}
              description={field.note}
              data={[
                { value: 'plan', label: plan ? t('overrideDialog.plan', { limitText: limitText(field, plan[field.limit]) }) : t('overrideDialog.asThePlan') },
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
        label={t('overrideDialog.untilTheEnd')}
        description={t('overrideDialog.thenThePlans')}
        type="date"
        value={until}
        onChange={(event) => setUntil(event.currentTarget.value)}
      />
      <TextInput
        label={t('overrideDialog.reason')}
        description={t('overrideDialog.onlyAdminsRead')}
        maxLength={500}
        autoComplete="off"
        required
        error={tried && reason.trim() === '' && t('overrideDialog.sayWhy')}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {tried && chosen.length === 0 && (
        <p className={classes.fault} role="alert">
          {t('overrideDialog.chooseAtLeast')}
        </p>
      )}
      <FormFault error={saving.error} />
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          {t('overrideDialog.cancel')}
        </Button>
        <Button type="submit" loading={saving.isPending}>
          {t('overrideDialog.save')}
        </Button>
      </div>
    </form>
  );
}
