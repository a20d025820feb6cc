import { Button, Modal, NativeSelect, SegmentedControl, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import * as z from 'zod/mini';

import type { Feature, Plan } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { toastDone } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';
import { useApiForm } from '@/lib/use-api-form';

import '../messages/catalogue';
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
  const { t } = useTranslation('flags');
  return (
    <Modal opened={feature !== undefined} onClose={onClose} title={feature ? t('exceptionDialog.exception', { name: featureTexts[feature].name }) : ''}>
      {feature && <ExceptionForm feature={feature} plans={plans} onClose={onClose} />}
    </Modal>
  );
}

const schema = z.object({ plan: z.string(), user: z.string().check(z.trim()), reason: z.string().check(z.trim()) });

function ExceptionForm({ feature, plans, onClose }: ExceptionDialogProps & { feature: Feature }) {
  const { t } = useTranslation('flags');
  const client = useQueryClient();
  const confirmed = useConfirmed();
  const [whom, setWhom] = useState<'account' | 'plan'>('account');
  const [enabled, setEnabled] = useState(false);
  const form = useApiForm({
    schema: schema.check(
      z.refine(({ user }) => whom === 'plan' || user !== '', { message: t('exceptionDialog.enterAnE'), path: ['user'] }),
      z.refine(({ plan }) => whom === 'account' || plan !== '', { message: t('exceptionDialog.chooseAPlan'), path: ['plan'] }),
    ),
    initial: { plan: '', user: '', reason: '' },
    send: ({ plan, user, reason }) => confirmed(() => setFlag(feature, { enabled, reason, ...(whom === 'plan' ? { plan } : { user }) })),
    onDone: () => {
      toastDone(t('exceptionDialog.addedTheException'));
      onClose();
      void client.invalidateQueries({ queryKey: flagKeys.all });
    },
  });
  return (
    <form noValidate className={classes.form} onSubmit={form.submit}>
      <FormFault error={form.error} />
      <SegmentedControl
        aria-label={t('exceptionDialog.whomItIs')}
        value={whom}
        onChange={(value) => setWhom(value === 'plan' ? 'plan' : 'account')}
        data={[
          { value: 'account', label: t('exceptionDialog.oneAccount') },
          { value: 'plan', label: t('exceptionDialog.aPlan') },
        ]}
      />
      {whom === 'account' ? (
        <TextInput label={t('exceptionDialog.eMailAddress')} type="email" autoComplete="off" maxLength={254} {...form.field('user')} data-autofocus />
      ) : (
        <NativeSelect
          label={t('exceptionDialog.plan')}
          data={[{ value: '', label: t('exceptionDialog.chooseAPlan2') }, ...plans.map(({ id, name }) => ({ value: id, label: name }))]}
          {...form.field('plan')}
        />
      )}
      <SegmentedControl
        aria-label={t('exceptionDialog.whatHoldsFor')}
        value={enabled ? 'on' : 'off'}
        onChange={(value) => setEnabled(value === 'on')}
        data={[
          { value: 'off', label: t('exceptionDialog.off') },
          { value: 'on', label: t('exceptionDialog.on') },
        ]}
      />
      <p className={classes.note}>{enabled ? featureTexts[feature].what : featureTexts[feature].off}</p>
      <TextInput label={t('exceptionDialog.reason')} description={t('exceptionDialog.onlyAdminsRead')} maxLength={500} autoComplete="off" {...form.field('reason')} />
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          {t('exceptionDialog.cancel')}
        </Button>
        <Button type="submit" loading={form.busy} disabled={form.wait > 0}>
          {t('exceptionDialog.add')}
        </Button>
      </div>
    </form>
  );
}
