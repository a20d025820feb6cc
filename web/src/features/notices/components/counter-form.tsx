import { Button, Checkbox, Modal, Textarea, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import type { CounterStatement } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { text } from '@/lib/messages';
import { useApiForm } from '@/lib/use-api-form';

import '../messages/catalogue';
import { blankCounter, counterSchema } from '../schema';
import classes from './notices.module.css';

interface CounterDialogProps {
  opened: boolean;
  title: string;
  /** What happens then, in full sentences. */
  consequences: string;
  confirmLabel: string;
  /** Asks whose counter-notice it is. */
  forOthers: boolean;
  send: (said: CounterStatement, account: string) => Promise<unknown>;
  onDone: () => void;
  onClose: () => void;
}

/** Takes a counter-notice with everything that the law asks for. */
export function CounterDialog({ opened, title, onClose, ...rest }: CounterDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={title} size="lg">
      <CounterForm {...rest} onClose={onClose} />
    </Modal>
  );
}

const own = {
  mistake: text('notices:counterForm.underPenaltyOf'),
  jurisdiction: text('notices:counterForm.iAcceptThe'),
};
const theirs = {
  mistake: text('notices:counterForm.statesUnderPenalty'),
  jurisdiction: text('notices:counterForm.acceptsTheJurisdiction'),
};

function CounterForm({ consequences, confirmLabel, forOthers, send, onDone, onClose }: Omit<CounterDialogProps, 'opened' | 'title'>) {
  const { t } = useTranslation('notices');
  const form = useApiForm({ schema: counterSchema, initial: blankCounter, send: ({ account, ...said }) => send(said, account), onDone });
  const { field } = form;
  return (
    <form noValidate className={classes.form} onSubmit={form.submit}>
      <FormFault error={form.error} />
      <p className={classes.soft}>{consequences}</p>
      {forOthers && <TextInput label={t('counterForm.account')} description={t('counterForm.eMailAddress')} autoComplete="off" {...field('account')} data-autofocus />}
      <div className={classes.pair}>
        <TextInput label={t('counterForm.fullName')} autoComplete={forOthers ? 'off' : 'name'} {...field('name')} data-autofocus={!forOthers || undefined} />
        <TextInput label={t('counterForm.phoneNumber')} autoComplete={forOthers ? 'off' : 'tel'} {...field('phone')} />
      </div>
      <TextInput label={t('counterForm.postalAddress')} autoComplete={forOthers ? 'off' : 'street-address'} {...field('address')} />
      <Textarea label={t('counterForm.whyItsA')} rows={3} resize="vertical" {...field('text')} />
      <Checkbox label={forOthers ? theirs.mistake : own.mistake} {...field('mistake')} />
      <Checkbox label={forOthers ? theirs.jurisdiction : own.jurisdiction} {...field('jurisdiction')} />
      <TextInput label={t('counterForm.signature')} description={t('counterForm.theFullName')} autoComplete="off" {...field('signature')} />
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          {t('counterForm.cancel')}
        </Button>
        <Button type="submit" loading={form.busy} disabled={form.wait > 0}>
          {confirmLabel}
        </Button>
      </div>
    </form>
  );
}
