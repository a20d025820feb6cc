import { Button } from '@mantine/core';

import { FormFault } from '@/components/form-fault';
import { useForm } from '@/lib/use-form';
import { useWait } from '@/lib/use-wait';

import { addressSchema } from '../schema';
import classes from './auth.module.css';
import { EmailField } from './email-field';

interface AddressFormProps {
  submitLabel: string;
  send: (address: { email: string }) => Promise<void>;
  onDone: (email: string) => void;
}

/** Asks for an address that a link is sent to. */
export function AddressForm({ submitLabel, send, onDone }: AddressFormProps) {
  const form = useForm({ schema: addressSchema, send, onDone: (_, { email }) => onDone(email) });
  const wait = useWait(form.error);
  return (
    <form noValidate onSubmit={form.submit} className={classes.form}>
      <FormFault error={form.error} />
      <EmailField error={form.faults.email} />
      <Button type="submit" size="md" fullWidth loading={form.busy} disabled={wait > 0}>
        {submitLabel}
      </Button>
    </form>
  );
}
