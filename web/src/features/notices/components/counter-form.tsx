import { Button, Checkbox, Modal, Textarea, TextInput } from '@mantine/core';

import type { CounterStatement } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { useApiForm } from '@/lib/use-api-form';

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
  mistake: 'Under penalty of perjury, I believe in good faith that the content was blocked by mistake',
  jurisdiction: 'I accept the jurisdiction of the federal court for my address (outside the US, for the operator’s), and service of process by the complainant',
};
const theirs = {
  mistake: 'States, under penalty of perjury, the good faith belief that the content was blocked by mistake',
  jurisdiction: 'Accepts the jurisdiction of a federal court, and service of process by the complainant',
};

function CounterForm({ consequences, confirmLabel, forOthers, send, onDone, onClose }: Omit<CounterDialogProps, 'opened' | 'title'>) {
  const form = useApiForm({ schema: counterSchema, initial: blankCounter, send: ({ account, ...said }) => send(said, account), onDone });
  const { field } = form;
  return (
    <form noValidate className={classes.form} onSubmit={form.submit}>
      <FormFault error={form.error} />
      <p className={classes.soft}>{consequences}</p>
      {forOthers && <TextInput label="Account" description="E-mail address of the account that objects, if there is one." autoComplete="off" {...field('account')} data-autofocus />}
      <div className={classes.pair}>
        <TextInput label="Full name" autoComplete={forOthers ? 'off' : 'name'} {...field('name')} data-autofocus={!forOthers || undefined} />
        <TextInput label="Phone number" autoComplete={forOthers ? 'off' : 'tel'} {...field('phone')} />
      </div>
      <TextInput label="Postal address" autoComplete={forOthers ? 'off' : 'street-address'} {...field('address')} />
      <Textarea label="Why it’s a mistake" rows={3} resize="vertical" {...field('text')} />
      <Checkbox label={forOthers ? theirs.mistake : own.mistake} {...field('mistake')} />
      <Checkbox label={forOthers ? theirs.jurisdiction : own.jurisdiction} {...field('jurisdiction')} />
      <TextInput label="Signature" description="The full name again." autoComplete="off" {...field('signature')} />
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={form.busy} disabled={form.wait > 0}>
          {confirmLabel}
        </Button>
      </div>
    </form>
  );
}
