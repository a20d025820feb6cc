import { Button, Modal, NativeSelect, SegmentedControl, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import * as z from 'zod/mini';

import type { Feature, Plan } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { toastDone } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';
import { useApiForm } from '@/lib/use-api-form';

import { flagKeys, setFlag } from '../api';
import { featureTexts } from '../text';
import classes from './flags.module.css';

interface ExceptionDialogProps {
  feature: Feature | undefined;
  plans: readonly Plan[];
  onClose: () => void;
}

/** Treats a plan or an account differently from everyone else. */
export function ExceptionDialog({ feature, plans, onClose }: ExceptionDialogProps) {
  return (
    <Modal opened={feature !== undefined} onClose={onClose} title={feature ? `Exception: ${featureTexts[feature].name}` : ''}>
      {feature && <ExceptionForm feature={feature} plans={plans} onClose={onClose} />}
    </Modal>
  );
}

const schema = z.object({ plan: z.string(), user: z.string().check(z.trim()), reason: z.string().check(z.trim()) });

function ExceptionForm({ feature, plans, onClose }: ExceptionDialogProps & { feature: Feature }) {
  const client = useQueryClient();
  const confirmed = useConfirmed();
  const [whom, setWhom] = useState<'account' | 'plan'>('account');
  const [enabled, setEnabled] = useState(false);
  const form = useApiForm({
    schema: schema.check(
      z.refine(({ user }) => whom === 'plan' || user !== '', { message: 'Enter an e-mail address.', path: ['user'] }),
      z.refine(({ plan }) => whom === 'account' || plan !== '', { message: 'Choose a plan.', path: ['plan'] }),
    ),
    initial: { plan: '', user: '', reason: '' },
    send: ({ plan, user, reason }) => confirmed(() => setFlag(feature, { enabled, reason, ...(whom === 'plan' ? { plan } : { user }) })),
    onDone: () => {
      toastDone('Added the exception.');
      onClose();
      void client.invalidateQueries({ queryKey: flagKeys.all });
    },
  });
  return (
    <form noValidate className={classes.form} onSubmit={form.submit}>
      <FormFault error={form.error} />
      <SegmentedControl
        aria-label="Whom it is for"
        value={whom}
        onChange={(value) => setWhom(value === 'plan' ? 'plan' : 'account')}
        data={[
          { value: 'account', label: 'One account' },
          { value: 'plan', label: 'A plan' },
        ]}
      />
      {whom === 'account' ? (
        <TextInput label="E-mail address" type="email" autoComplete="off" maxLength={254} {...form.field('user')} data-autofocus />
      ) : (
        <NativeSelect
          label="Plan"
          data={[{ value: '', label: 'Choose a plan' }, ...plans.map(({ id, name }) => ({ value: id, label: name }))]}
          {...form.field('plan')}
        />
      )}
      <SegmentedControl
        aria-label="What holds for them"
        value={enabled ? 'on' : 'off'}
        onChange={(value) => setEnabled(value === 'on')}
        data={[
          { value: 'off', label: 'Off' },
          { value: 'on', label: 'On' },
        ]}
      />
      <p className={classes.note}>{enabled ? featureTexts[feature].what : featureTexts[feature].off}</p>
      <TextInput label="Reason" description="Only admins read it." maxLength={500} autoComplete="off" {...form.field('reason')} />
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={form.busy} disabled={form.wait > 0}>
          Add
        </Button>
      </div>
    </form>
  );
}
