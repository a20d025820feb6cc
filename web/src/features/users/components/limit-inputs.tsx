import { TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import type { PlanLimit } from '@/api/model';

import '../messages/catalogue';
import { limitFault, limitFields, type Typed } from '../limits';
import classes from './plans.module.css';

interface LimitInputsProps {
  typed: Typed;
  faults: readonly PlanLimit[];
  onTyped: (limit: PlanLimit, text: string) => void;
}

/** An input for each limit of a plan. */
export function LimitInputs({ typed, faults, onTyped }: LimitInputsProps) {
  const { t } = useTranslation('users');
  return (
    <fieldset className={classes.limits}>
      <legend>{t('limitInputs.limits')}</legend>
      <p className={classes.note}>{t('limitInputs.leaveAField')}</p>
      <div className={classes.inputs}>
        {limitFields.map((field) => (
          <TextInput
            key={field.limit}
            label={`${field.label} (${field.unit})`}
            description={field.note}
            inputMode="decimal"
            autoComplete="off"
            placeholder={field.none}
            error={faults.includes(field.limit) && limitFault(field)}
            value={typed[field.limit]}
            onChange={(event) => onTyped(field.limit, event.currentTarget.value)}
          />
        ))}
      </div>
    </fieldset>
  );
}
