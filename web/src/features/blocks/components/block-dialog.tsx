import { Button, Modal, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { BlockResult } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { toastDone } from '@/components/toast';
import { formatCount } from '@/lib/format';
import { linesOf } from '@/lib/lines-of';
import { useApiForm } from '@/lib/use-api-form';
import { useFirstFocus } from '@/lib/use-first-focus';

import '../messages/catalogue';
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
  const { t } = useTranslation('blocks');
  return (
    <Modal opened={opened} onClose={onClose} title={t('blockDialog.blockContent')} size="lg">
      <BlockSteps given={given} onClose={onClose} />
    </Modal>
  );
}

function BlockSteps({ given, onClose }: { given: string; onClose: () => void }) {
  const { t } = useTranslation('blocks');
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
      toastDone(t('blockDialog.blockedItCovers', { count: downloadsOf(done), number: formatCount(downloadsOf(done)) }));
      onClose();
    },
  });
  if (result) return <Refused result={result} onClose={onClose} />;
  return (
    <form noValidate className={classes.form} onSubmit={form.submit}>
      <FormFault error={form.error} />
      <Textarea
        name="values"
        label={t('blockDialog.whatToBlock')}
        description={t('blockDialog.onePerLine')}
        rows={5}
        resize="vertical"
        autoComplete="off"
        spellCheck={false}
        {...form.field('values')}
        data-autofocus={given === '' || undefined}
      />
      <TextInput name="reason" label={t('blockDialog.reason')} description={t('blockDialog.onlyAdminsRead')} maxLength={500} autoComplete="off" {...form.field('reason')} data-autofocus={given !== '' || undefined} />
      <p className={classes.consequence}>
        {t('blockDialog.fromNowOn')}
      </p>
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          {t('blockDialog.cancel')}
        </Button>
        <Button type="submit" color="red.8" loading={form.busy} disabled={form.wait > 0}>
          {t('blockDialog.block')}
        </Button>
      </div>
    </form>
  );
}

function downloadsOf({ blocks }: BlockResult): number {
  return blocks.reduce((sum, block) => sum + block.jobs, 0);
}

function Refused({ result, onClose }: { result: BlockResult; onClose: () => void }) {
  const { t } = useTranslation('blocks');
  const done = useFirstFocus<HTMLButtonElement>(); // the pressed button is gone
  return (
    <div className={classes.form}>
      <p>
        {result.blocks.length === 0 ? t('blockDialog.noContentWas') : t('blockDialog.blockedEntriesThese', { count: result.blocks.length, number: formatCount(result.blocks.length) })}
      </p>
      <ul className={classes.refused} aria-label={t('blockDialog.refusedLines')}>
        {result.refused.map(({ value, why }) => (
          <li key={value}>
            <b>{value}</b>
            <span>{why}</span>
          </li>
        ))}
      </ul>
      <div className={classes.buttons}>
        <Button ref={done} onClick={onClose}>
          {t('blockDialog.done')}
        </Button>
      </div>
    </div>
  );
}
