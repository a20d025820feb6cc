import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState, type SubmitEvent } from 'react';
import type * as z from 'zod/mini';

import { ProblemError } from './problem';

type Shape = Record<string, z.ZodMiniType>;
type Values<S extends Shape> = z.output<z.ZodMiniObject<S>>;
type Faults<S extends Shape> = Partial<Record<keyof S, string | undefined>>;

interface FormOptions<S extends Shape, R> {
  /** The fields by their names in the form and in the API. */
  schema: z.ZodMiniObject<S>;
  send: (values: Values<S>) => Promise<R>;
  onDone: (result: R, values: Values<S>) => void;
}

export interface Form<S extends Shape> {
  submit: (event: SubmitEvent<HTMLFormElement>) => void;
  /** What is wrong with each field, in the words of the schema or of the server. */
  faults: Faults<S>;
  busy: boolean;
  /** A failure that belongs to no field. */
  error: Error | null;
}

function readFaults<S extends Shape>(fields: readonly (keyof S & string)[], error: z.core.$ZodError): Faults<S> {
  const faults: Faults<S> = {};
  for (const issue of error.issues) {
    const field = fields.find((each) => each === issue.path[0]);
    if (field !== undefined) faults[field] ??= issue.message;
  }
  return faults;
}

function serverFaults<S extends Shape>(fields: readonly (keyof S & string)[], error: Error): Faults<S> {
  const faults: Faults<S> = {};
  if (error instanceof ProblemError) for (const field of fields) faults[field] = error.fieldFault(field);
  return faults;
}

/** Reads a form by its schema, sends it, and puts every fault at its field; the first of them gets the focus. */
export function useForm<S extends Shape, R>({ schema, send, onDone }: FormOptions<S, R>): Form<S> {
  const sent = useRef<HTMLFormElement>(null);
  const [faults, setFaults] = useState<Faults<S>>({});
  const fields: (keyof S & string)[] = Object.keys(schema.shape);
  const sending = useMutation({
    mutationFn: send,
    onSuccess: onDone,
    onError: (error) => setFaults(serverFaults<S>(fields, error)),
  });
  const placed = Object.values(faults).some((fault) => fault !== undefined);

  useEffect(() => {
    if (placed) sent.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [faults, placed]);

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    sent.current = event.currentTarget;
    if (sending.isPending) return;
    const read = schema.safeParse(Object.fromEntries(new FormData(event.currentTarget)));
    setFaults(read.success ? {} : readFaults<S>(fields, read.error));
    if (read.success) sending.mutate(read.data);
  };
  return { submit, faults, busy: sending.isPending, error: placed ? null : sending.error };
}
