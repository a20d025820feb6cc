import { Button, Checkbox, Modal, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import type { Notice } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { toastDone } from '@/components/toast';
import { useApiForm } from '@/lib/use-api-form';

import '../messages/catalogue';
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
  const { t } = useTranslation('notices');
  return (
    <Modal opened={opened} onClose={onClose} title={t('completeDialog.editTheNotice')} size="lg">
      <CompleteForm notice={notice} onClose={onClose} />
    </Modal>
  );
}

function CompleteForm({ notice, onClose }: Omit<CompleteDialogProps, 'opened'>) {
  const { t } = useTranslation('notices');
  const client = useQueryClient();
  const { name, organisation, email, address, works, goodFaith, accuracy, signature } = notice;
  const form = useApiForm({
    schema: completeSchema,
    initial: { name, organisation, email, address, works, goodFaith, accuracy, signature },
    send: (said) => completeNotice(notice.id, said),
    onDone: () => {
      void client.invalidateQueries({ queryKey: noticeKeys.all });
      toastDone(t('completeDialog.savedTheNotice'));
      onClose();
    },
  });
  const { field } = form;
  return (
    <form noValidate className={classes.form} onSubmit={form.submit}>
      <FormFault error={form.error} />
      <div className={classes.pair}>
        <TextInput label={t('completeDialog.name')} autoComplete="off" {...field('name')} data-autofocus />
        <TextInput label={t('completeDialog.organisation')} autoComplete="off" {...field('organisation')} />
        <TextInput label={t('completeDialog.eMailAddress')} type="email" autoComplete="off" {...field('email')} />
        <TextInput label={t('completeDialog.postalAddress')} autoComplete="off" {...field('address')} />
      </div>
      <Textarea label={t('completeDialog.works')} rows={2} resize="vertical" {...field('works')} />
      <Checkbox label={t('completeDialog.statesTheGood')} defaultChecked={goodFaith} {...field('goodFaith')} />
      <Checkbox label={t('completeDialog.statesUnderPenalty')} defaultChecked={accuracy} {...field('accuracy')} />
      <TextInput label={t('completeDialog.signature')} autoComplete="off" {...field('signature')} />
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          {t('completeDialog.cancel')}
        </Button>
        <Button type="submit" loading={form.busy} disabled={form.wait > 0}>
          {t('completeDialog.save')}
        </Button>
      </div>
    </form>
  );
}
