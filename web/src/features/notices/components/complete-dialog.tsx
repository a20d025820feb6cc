import { Button, Checkbox, Modal, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';

import type { Notice } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { toastDone } from '@/components/toast';
import { useApiForm } from '@/lib/use-api-form';

import { completeNotice, noticeKeys } from '../api';
import { completeSchema } from '../schema';
import classes from './notices.module.css';

interface CompleteDialogProps {
  notice: Notice;
  opened: boolean;
  onClose: () => void;
}

/** Adds to a notice what it lacked. */
export function CompleteDialog({ notice, opened, onClose }: CompleteDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="Edit the notice" size="lg">
      <CompleteForm notice={notice} onClose={onClose} />
    </Modal>
  );
}

function CompleteForm({ notice, onClose }: Omit<CompleteDialogProps, 'opened'>) {
  const client = useQueryClient();
  const { name, organisation, email, address, works, goodFaith, accuracy, signature } = notice;
  const form = useApiForm({
    schema: completeSchema,
    initial: { name, organisation, email, address, works, goodFaith, accuracy, signature },
    send: (said) => completeNotice(notice.id, said),
    onDone: () => {
      void client.invalidateQueries({ queryKey: noticeKeys.all });
      toastDone('Saved the notice.');
      onClose();
    },
  });
  const { field } = form;
  return (
    <form noValidate className={classes.form} onSubmit={form.submit}>
      <FormFault error={form.error} />
      <div className={classes.pair}>
        <TextInput label="Name" autoComplete="off" {...field('name')} data-autofocus />
        <TextInput label="Organisation" autoComplete="off" {...field('organisation')} />
        <TextInput label="E-mail address" type="email" autoComplete="off" {...field('email')} />
        <TextInput label="Postal address" autoComplete="off" {...field('address')} />
      </div>
      <Textarea label="Works" rows={2} resize="vertical" {...field('works')} />
      <Checkbox label="States the good faith belief that the use isn’t authorised" defaultChecked={goodFaith} {...field('goodFaith')} />
      <Checkbox label="States, under penalty of perjury, that it is accurate and authorised" defaultChecked={accuracy} {...field('accuracy')} />
      <TextInput label="Signature" autoComplete="off" {...field('signature')} />
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={form.busy} disabled={form.wait > 0}>
          Save
        </Button>
      </div>
    </form>
  );
}
