import { schemaResolver, useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useId } from 'react';
import type * as z from 'zod/mini';

import { ProblemError } from './problem';
import { useWait } from './use-wait';

interface ApiFormOptions<Input, Output, R> {
  /** The fields, by their names in the API. */
  schema: z.ZodMiniType<Output, Input>;
  initial: Input;
  send: (values: Output) => Promise<R>;
  onDone: (result: R, values: Output) => void;
}

/** Returns the server's faults of the given fields; empty if the failure belongs to none of them. */
function faultsOf(error: Error | null, fields: readonly string[]): Record<string, string> {
  const faults: Record<string, string> = {};
  for (const field of fields) {
    const fault = error instanceof ProblemError ? error.fieldFault(field) : undefined;
    if (fault !== undefined) faults[field] = fault;
  }
  return faults;
}

/** A Mantine form that is checked by a schema and sent to the API. Faults show at their fields; the first one gets the focus. */
export function useApiForm<Input extends Record<string, unknown>, Output, R>({ schema, initial, send, onDone }: ApiFormOptions<Input, Output, R>) {
  // Tells its fields from those of a form in another dialog; Mantine allows letters, digits and dashes.
  const name = useId().replaceAll(/[^a-z\d]/gi, '-');
  const fields = Object.keys(initial);
  const form = useForm<Input, Output>({
    name,
    mode: 'uncontrolled',
    initialValues: initial,
    validate: schemaResolver(schema, { sync: true }),
    transformValues: (values) => schema.parse(values),
  });
  const focusFirst = (faults: object) => {
    const first = fields.find((field) => field in faults);
    if (first !== undefined) form.getInputNode<HTMLElement, string>(first)?.focus();
  };
  const sending = useMutation({
    mutationFn: send,
    onSuccess: onDone,
    onError: (error) => {
      const faults = faultsOf(error, fields);
      form.setErrors(faults);
      focusFirst(faults);
    },
  });
  const { error } = sending;
  return {
    submit: form.onSubmit(
      (values) => {
        if (!sending.isPending) sending.mutate(values);
      },
      (faults) => {
        sending.reset();
        focusFirst(faults);
      },
    ),
    /** The props of a field's input. */
    field: (path: keyof Input & string) => form.getInputProps(path),
    busy: sending.isPending,
    /** Seconds until the form can be sent again. */
    wait: useWait(error),
    /** A failure that belongs to no field. */
    error: Object.keys(faultsOf(error, fields)).length > 0 ? null : error,
  };
}
