import { Button, Modal, SegmentedControl, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import * as z from 'zod/mini';

import type { Enrolment } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { RelativeTime } from '@/components/relative-time';
import { ShownOnce } from '@/components/shown-once';
import { useConfirmed } from '@/lib/confirmed';
import { nameField } from '@/lib/fields';
import { text } from '@/lib/messages';
import { useApiForm } from '@/lib/use-api-form';

import '../messages/catalogue';
import { enrolAgent } from '../api';
import classes from './agents.module.css';

const enrolSchema = z.object({
  name: nameField,
  url: z.string().check(z.trim(), z.regex(/^(https?:\/\/[A-Za-z0-9.:_[\]-]+)?$/, text('agents:enrolDialog.enterAnAddress'))),
});

/** Creates an enrolment token and shows, once, the command that starts the agent with it. */
export function EnrolDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation('agents');
  return (
    <Modal opened={opened} onClose={onClose} title={t('enrolDialog.addAnAgent')} size="lg">
      <EnrolSteps onClose={onClose} />
    </Modal>
  );
}

function EnrolSteps({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('agents');
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
        label={t('enrolDialog.name')}
        description={t('enrolDialog.lettersDigitsDots')}
        autoComplete="off"
        maxLength={100}
        data-autofocus
        {...form.field('name')}
      />
      <TextInput
        label={t('enrolDialog.addressOptional')}
        description={t('enrolDialog.whereThisServer')}
        placeholder="http://10.0.0.5:7300"
        autoComplete="off"
        maxLength={200}
        {...form.field('url')}
      />
      <div className={classes.foot}>
        <Button variant="default" onClick={onClose}>
          {t('enrolDialog.cancel')}
        </Button>
        <Button type="submit" loading={form.busy} disabled={form.wait > 0}>
          {t('enrolDialog.createCommand')}
        </Button>
      </div>
    </form>
  );
}

type Way = 'command' | 'compose';

function Command({ enrolment, onClose }: { enrolment: Enrolment; onClose: () => void }) {
  const { t } = useTranslation('agents');
  const [way, setWay] = useState<Way>('command');
  const compose = way === 'compose';
  return (
    <div className={classes.form}>
      <SegmentedControl
        aria-label={t('enrolDialog.howToStart')}
        value={way}
        onChange={(value) => setWay(value)}
        data={[{ value: 'command', label: t('enrolDialog.commandLine') }, { value: 'compose', label: t('enrolDialog.dockerCompose') }]}
      />
      <ShownOnce
        key={way}
        label={compose ? t('enrolDialog.composeFile') : t('enrolDialog.command')}
        value={compose ? enrolment.compose : enrolment.command}
        copyLabel={compose ? t('enrolDialog.copyFile') : t('enrolDialog.copyCommand')}
        onDone={onClose}
      >
        {compose ? <Trans t={t} i18nKey="enrolDialog.saveThisAs" components={{ relativetime: <RelativeTime at={enrolment.expiresAt} /> }} /> : <Trans t={t} i18nKey="enrolDialog.runThisOn" components={{ relativetime: <RelativeTime at={enrolment.expiresAt} /> }} />}
      </ShownOnce>
    </div>
  );
}
