import { Button, Checkbox, Modal, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { NewNotice } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { toastDone } from '@/components/toast';
import { linesOf } from '@/lib/lines-of';
import { useApiForm } from '@/lib/use-api-form';

import '../messages/catalogue';
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
  const { t } = useTranslation('notices');
  return (
    <Modal opened={opened} onClose={onClose} title={t('recordDialog.recordANotice')} size="lg">
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
  const { t } = useTranslation('notices');
  const client = useQueryClient();
  const form = useApiForm({
    schema: noticeSchema,
    initial: blank,
    send: (said) => recordNotice(bodyOf(said)),
    onDone: ({ notice, known }) => {
      void client.invalidateQueries({ queryKey: noticeKeys.all });
      toastDone(known ? t('recordDialog.thisReferenceWas') : t('recordDialog.recordedTheNotice'));
      onClose();
      onRecorded(notice.id);
    },
  });
  const { field } = form;
  return (
    <form noValidate className={classes.form} onSubmit={form.submit}>
      <FormFault error={form.error} />
      <p className={classes.soft}>{t('recordDialog.leaveOutWhat')}</p>
      <div className={classes.pair}>
        <TextInput label={t('recordDialog.name')} description={t('recordDialog.ofTheComplainant')} autoComplete="off" {...field('name')} data-autofocus />
        <TextInput label={t('recordDialog.organisation')} description={t('recordDialog.thatTheySpeak')} autoComplete="off" {...field('organisation')} />
        <TextInput label={t('recordDialog.eMailAddress')} type="email" autoComplete="off" {...field('email')} />
        <TextInput label={t('recordDialog.postalAddress')} autoComplete="off" {...field('address')} />
      </div>
      <Textarea label={t('recordDialog.works')} description={t('recordDialog.whoseRightsAre')} rows={2} resize="vertical" {...field('works')} />
      <Textarea
        label={t('recordDialog.whatItNames')}
        description={t('recordDialog.onePerLine')}
        rows={4}
        resize="vertical"
        autoComplete="off"
        spellCheck={false}
        {...field('values')}
      />
      <Checkbox label={t('recordDialog.statesTheGood')} {...field('goodFaith')} />
      <Checkbox label={t('recordDialog.statesUnderPenalty')} {...field('accuracy')} />
      <div className={classes.pair}>
        <TextInput label={t('recordDialog.signature')} autoComplete="off" {...field('signature')} />
        <TextInput label={t('recordDialog.reference')} description={t('recordDialog.theirsOrYours')} autoComplete="off" {...field('reference')} />
      </div>
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          {t('recordDialog.cancel')}
        </Button>
        <Button type="submit" loading={form.busy} disabled={form.wait > 0}>
          {t('recordDialog.record')}
        </Button>
      </div>
    </form>
  );
}
