import { Button, Checkbox, Modal, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';

import type { NewNotice } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { toastDone } from '@/components/toast';
import { linesOf } from '@/lib/lines-of';
import { useApiForm } from '@/lib/use-api-form';

import { noticeKeys, recordNotice } from '../api';
import { noticeSchema } from '../schema';
import classes from './notices.module.css';

interface RecordDialogProps {
  opened: boolean;
  onClose: () => void;
  onRecorded: (id: string) => void;
}

/** Writes a notice down that came by letter or mail. */
export function RecordDialog({ opened, onClose, onRecorded }: RecordDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="Record a notice" size="lg">
      <RecordForm onClose={onClose} onRecorded={onRecorded} />
    </Modal>
  );
}

const blank = { reference: '', name: '', organisation: '', email: '', address: '', works: '', values: '', goodFaith: false, accuracy: false, signature: '' };
const fileId = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

function bodyOf({ reference, values, ...said }: typeof blank): NewNotice {
  const lines = linesOf(values);
  return {
    channel: 'admin', ...said, ...(reference !== '' && { reference }),
    values: lines.filter((line) => !fileId.test(line)), files: lines.filter((line) => fileId.test(line)),
  };
}

function RecordForm({ onClose, onRecorded }: Omit<RecordDialogProps, 'opened'>) {
  const client = useQueryClient();
  const form = useApiForm({
    schema: noticeSchema,
    initial: blank,
    send: (said) => recordNotice(bodyOf(said)),
    onDone: ({ notice, known }) => {
      void client.invalidateQueries({ queryKey: noticeKeys.all });
      toastDone(known ? 'This reference was recorded before.' : 'Recorded the notice.');
      onClose();
      onRecorded(notice.id);
    },
  });
  const { field } = form;
  return (
    <form noValidate className={classes.form} onSubmit={form.submit}>
      <FormFault error={form.error} />
      <p className={classes.soft}>Leave out what the notice doesn’t say. It is incomplete then, and you can add the rest later.</p>
      <div className={classes.pair}>
        <TextInput label="Name" description="Of the complainant." autoComplete="off" {...field('name')} data-autofocus />
        <TextInput label="Organisation" description="That they speak for." autoComplete="off" {...field('organisation')} />
        <TextInput label="E-mail address" type="email" autoComplete="off" {...field('email')} />
        <TextInput label="Postal address" autoComplete="off" {...field('address')} />
      </div>
      <Textarea label="Works" description="Whose rights are infringed." rows={2} resize="vertical" {...field('works')} />
      <Textarea
        label="What it names"
        description="One per line: an info hash, a magnet link, a host, an address, or a file’s ID."
        rows={4}
        resize="vertical"
        autoComplete="off"
        spellCheck={false}
        {...field('values')}
      />
      <Checkbox label="States the good faith belief that the use isn’t authorised" {...field('goodFaith')} />
      <Checkbox label="States, under penalty of perjury, that it is accurate and authorised" {...field('accuracy')} />
      <div className={classes.pair}>
        <TextInput label="Signature" autoComplete="off" {...field('signature')} />
        <TextInput label="Reference" description="Theirs or yours; names one notice." autoComplete="off" {...field('reference')} />
      </div>
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={form.busy} disabled={form.wait > 0}>
          Record
        </Button>
      </div>
    </form>
  );
}
