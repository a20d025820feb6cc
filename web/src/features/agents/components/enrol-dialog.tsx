import { Button, Modal, SegmentedControl, TextInput } from '@mantine/core';
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

const enrolSchema = z.object({
  name: nameField,
  url: z.string().check(z.trim(), z.regex(/^(https?:\/\/[A-Za-z0-9.:_[\]-]+)?$/, 'Enter an address such as http://10.0.0.5:7300.')),
});

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
    initial: { name: '', url: '' },
    send: ({ name, url }) => confirmed(() => enrolAgent(name, url)),
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
      <TextInput
        label="Address (optional)"
        description="Where this server reaches the agent. Leave it empty if both run on one machine."
        placeholder="http://10.0.0.5:7300"
        autoComplete="off"
        maxLength={200}
        {...form.field('url')}
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

type Way = 'command' | 'compose';

function Command({ enrolment, onClose }: { enrolment: Enrolment; onClose: () => void }) {
  const [way, setWay] = useState<Way>('command');
  const compose = way === 'compose';
  return (
    <div className={classes.form}>
      <SegmentedControl
        aria-label="How to start it"
        value={way}
        onChange={(value) => setWay(value)}
        data={[{ value: 'command', label: 'Command line' }, { value: 'compose', label: 'Docker Compose' }]}
      />
      <ShownOnce
        key={way}
        label={compose ? 'Compose file' : 'Command'}
        value={compose ? enrolment.compose : enrolment.command}
        copyLabel={compose ? 'Copy file' : 'Copy command'}
        onDone={onClose}
      >
        {compose ? "Save this as compose.yml on the agent's machine and run docker compose up -d." : "Run this on the agent's machine."} Its token works once, expires{' '}
        <RelativeTime at={enrolment.expiresAt} /> and won't be shown again.
      </ShownOnce>
    </div>
  );
}
