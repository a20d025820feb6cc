import { Button, Modal, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';

import type { Enrolment } from '@/api/model';
import { RelativeTime } from '@/components/relative-time';
import { ShownOnce } from '@/components/shown-once';
import { messageOf } from '@/lib/problem';

import { enrolAgent } from '../api';
import classes from './agents.module.css';

/** Creates an enrolment token and shows, once, the command that starts the agent with it. */
export function EnrolDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Add an agent" size="lg">
      <EnrolSteps onClose={onClose} />
    </Modal>
  );
}

function EnrolSteps({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const enrolling = useMutation({ mutationFn: enrolAgent });
  if (enrolling.data) return <Command enrolment={enrolling.data} onClose={onClose} />;
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== '') enrolling.mutate(name.trim());
      }}
    >
      <TextInput
        label="Name"
        description="Letters, digits, dots and dashes, such as the machine's host name."
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={enrolling.error ? messageOf(enrolling.error) : undefined}
        autoComplete="off"
        maxLength={100}
        data-autofocus
      />
      <div className={classes.foot}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={enrolling.isPending} disabled={name.trim() === ''}>
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
