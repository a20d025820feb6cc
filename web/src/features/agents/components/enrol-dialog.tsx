import { Button, Modal, TextInput } from '@mantine/core';
import { useState } from 'react';
import * as z from 'zod/mini';

import type { Enrolment } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { RelativeTime } from '@/components/relative-time';
import { ShownOnce } from '@/components/shown-once';
import { useConfirmed } from '@/lib/confirmed';
import { nameField } from '@/lib/fields';
import { useApiForm } from '@/lib/use-api-form';

import { enrolAgent } from '../api';
import classes from './agents.module.css';

const enrolSchema = z.object({ name: nameField });

/** Creates an enrolment token and shows, once, the command that starts the agent with it. */
export function EnrolDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Add an agent" size="lg">
      <EnrolSteps onClose={onClose} />
    </Modal>
  );
}

function EnrolSteps({ onClose }: { onClose: () => void }) {
  const [made, setMade] = useState<Enrolment>();
  const confirmed = useConfirmed();
  const form = useApiForm({
    schema: enrolSchema,
    initial: { name: '' },
    send: ({ name }) => confirmed(() => enrolAgent(name)),
    onDone: setMade,
  });
  if (made) return <Command enrolment={made} onClose={onClose} />;
  return (
    <form noValidate className={classes.form} onSubmit={form.submit}>
      <FormFault error={form.error} />
      <TextInput
        label="Name"
        description="Letters, digits, dots and dashes, such as the machine's host name."
        autoComplete="off"
        maxLength={100}
        data-autofocus
        {...form.field('name')}
      />
      <div className={classes.foot}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={form.busy} disabled={form.wait > 0}>
          Create command
        </Button>
      </div>
    </form>
  );
}

function Command({ enrolment, onClose }: { enrolment: Enrolment; onClose: () => void }) {
  return (
    <ShownOnce label="Command" value={enrolment.command} copyLabel="Copy command" onDone={onClose}>
      Run this on the agent's machine. Its token works once, expires <RelativeTime at={enrolment.expiresAt} /> and won't be shown again.
    </ShownOnce>
  );
}
