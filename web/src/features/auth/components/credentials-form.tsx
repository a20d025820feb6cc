import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode, type SubmitEvent } from 'react';

import type { Me } from '@/api/model';
import { IconAlertTriangle } from '@/components/icons';
import { messageOf, ProblemError } from '@/lib/problem';

import { authKeys, type Credentials } from '../api';
import { faultsOf, type Faults, type setUpSchema, type signInSchema } from '../schema';
import classes from './auth.module.css';

interface CredentialsFormProps {
  schema: typeof signInSchema | typeof setUpSchema;
  submitLabel: string;
  passwordHint?: ReactNode;
  newPassword?: boolean;
  send: (credentials: Credentials) => Promise<Me>;
  onDone: (me: Me) => void;
}

/** E-mail and password, for signing in and for making the first account. */
export function CredentialsForm({ schema, submitLabel, passwordHint, newPassword = false, send, onDone }: CredentialsFormProps) {
  const client = useQueryClient();
  const [faults, setFaults] = useState<Faults>({});
  const sending = useMutation({
    mutationFn: send,
    onSuccess: (me) => {
      // Nothing of an earlier account may show.
      client.clear();
      client.setQueryData(authKeys.me, me);
      onDone(me);
    },
    onError: (error) => {
      if (error instanceof ProblemError) {
        setFaults({ email: error.fieldFault('email'), password: error.fieldFault('password') });
      }
    },
  });

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const read = schema.safeParse({ email: form.get('email'), password: form.get('password') });
    setFaults(read.success ? {} : faultsOf(read.error));
    if (read.success) sending.mutate(read.data);
  };

  const unplaced = sending.error && !faults.email && !faults.password ? messageOf(sending.error) : undefined;
  return (
    <form noValidate onSubmit={submit} className={classes.form}>
      {unplaced !== undefined && (
        <p className={classes.fault} role="alert">
          <IconAlertTriangle size={18} aria-hidden="true" />
          {unplaced}
        </p>
      )}
      <TextInput
        name="email"
        type="email"
        label="E-mail"
        size="md"
        autoComplete="username"
        required
        withAsterisk={false}
        error={faults.email}
      />
      <PasswordInput
        name="password"
        label="Password"
        description={passwordHint}
        size="md"
        autoComplete={newPassword ? 'new-password' : 'current-password'}
        required
        withAsterisk={false}
        error={faults.password}
        visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the password' }}
      />
      <Button type="submit" size="md" fullWidth loading={sending.isPending}>
        {submitLabel}
      </Button>
    </form>
  );
}
