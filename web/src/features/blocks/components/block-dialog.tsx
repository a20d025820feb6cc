import { Button, Modal, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { BlockResult } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { toastDone } from '@/components/toast';
import { formatPlural } from '@/lib/format';
import { linesOf } from '@/lib/lines-of';
import { useApiForm } from '@/lib/use-api-form';
import { useFirstFocus } from '@/lib/use-first-focus';

import { addBlocks, blockKeys } from '../api';
import { blockSchema } from '../schema';
import classes from './blocks.module.css';

interface BlockDialogProps {
  opened: boolean;
  /** What to begin with, such as an info hash. */
  given: string;
  onClose: () => void;
}

/** Blocks content, and lists what was refused. */
export function BlockDialog({ opened, given, onClose }: BlockDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="Block content" size="lg">
      <BlockSteps given={given} onClose={onClose} />
    </Modal>
  );
}

function BlockSteps({ given, onClose }: { given: string; onClose: () => void }) {
  const client = useQueryClient();
  const [result, setResult] = useState<BlockResult>();
  const form = useApiForm({
    schema: blockSchema,
    initial: { values: given, reason: '' },
    send: ({ values, reason }) => addBlocks(linesOf(values), reason),
    onDone: (done) => {
      void client.invalidateQueries({ queryKey: blockKeys.all });
      if (done.refused.length > 0) {
        setResult(done);
        return;
      }
      toastDone(`Blocked. It covers ${formatPlural(downloadsOf(done), 'download', 'downloads')} here.`);
      onClose();
    },
  });
  if (result) return <Refused result={result} onClose={onClose} />;
  return (
    <form noValidate className={classes.form} onSubmit={form.submit}>
      <FormFault error={form.error} />
      <Textarea
        name="values"
        label="What to block"
        description="One per line: an info hash, a magnet link, a host with everything below it, an address (* stands for anything in its path), or a file’s ID."
        rows={5}
        resize="vertical"
        autoComplete="off"
        spellCheck={false}
        {...form.field('values')}
        data-autofocus={given === '' || undefined}
      />
      <TextInput name="reason" label="Reason" description="Only admins read it." maxLength={500} autoComplete="off" {...form.field('reason')} data-autofocus={given !== '' || undefined} />
      <p className={classes.consequence}>
        From now on it can’t be added or opened, and downloads of it that are running stop. Everything stored is kept, and you can lift the block later.
      </p>
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" color="red.8" loading={form.busy} disabled={form.wait > 0}>
          Block
        </Button>
      </div>
    </form>
  );
}

function downloadsOf({ blocks }: BlockResult): number {
  return blocks.reduce((sum, block) => sum + block.jobs, 0);
}

function Refused({ result, onClose }: { result: BlockResult; onClose: () => void }) {
  const done = useFirstFocus<HTMLButtonElement>(); // the pressed button is gone
  return (
    <div className={classes.form}>
      <p>
        {result.blocks.length === 0 ? 'No content was blocked.' : `Blocked ${formatPlural(result.blocks.length, 'entry', 'entries')}.`} These lines were refused:
      </p>
      <ul className={classes.refused} aria-label="Refused lines">
        {result.refused.map(({ value, why }) => (
          <li key={value}>
            <b>{value}</b>
            <span>{why}</span>
          </li>
        ))}
      </ul>
      <div className={classes.buttons}>
        <Button ref={done} onClick={onClose}>
          Done
        </Button>
      </div>
    </div>
  );
}
