import { Button } from '@mantine/core';

import type { Config } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { useApiForm } from '@/lib/use-api-form';

import type { Checked } from '../api';
import { addressSchema } from '../schema';
import classes from './auth.module.css';
import { EmailField } from './email-field';
import { useHumanCheck } from './human-check';

interface AddressFormProps {
  config: Config;
  submitLabel: string;
  send: (address: { email: string } & Checked) => Promise<void>;
  onDone: (email: string) => void;
}

/** Asks for the address to send a link to. */
export function AddressForm({ config, submitLabel, send, onDone }: AddressFormProps) {
  const check = useHumanCheck(config, 'reset');
  const form = useApiForm({
    schema: addressSchema,
    initial: { email: '' },
    send: (values) => check.withAnswer((answer) => send({ ...values, ...answer })),
    onDone: (_, { email }) => onDone(email),
  });
  return (
    <form noValidate onSubmit={form.submit} className={classes.form}>
      <FormFault error={form.error} />
      <EmailField {...form.field('email')} />
      {check.widget}
      <Button type="submit" size="md" fullWidth loading={form.busy} disabled={form.wait > 0}>
        {submitLabel}
      </Button>
    </form>
  );
}
