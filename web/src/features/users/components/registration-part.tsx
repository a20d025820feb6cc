import { SegmentedControl } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Config, RegistrationMode } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { FormFault } from '@/components/form-fault';
import { toastDone } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';
import { text } from '@/lib/messages';

import '../messages/catalogue';
import { setRegistration } from '../api';
import classes from './users.module.css';

const modes: Record<RegistrationMode, { label: string; text: string }> = {
  open: { label: text('users:registrationPart.open'), text: text('users:registrationPart.anyoneCanCreate') },
  invitation: { label: text('users:registrationPart.invitationOnly'), text: text('users:registrationPart.onlyPeopleInvited') },
  closed: { label: text('users:registrationPart.closed'), text: text('users:registrationPart.noOneCan') },
};

const order: readonly RegistrationMode[] = ['open', 'invitation', 'closed'];

/** Who can create an account. */
export function RegistrationPart({ config, onChanged }: { config: Config; onChanged: () => void }) {
  const { t } = useTranslation('users');
  const [asked, setAsked] = useState<RegistrationMode>();
  const confirmed = useConfirmed();
  const setting = useMutation({
    mutationFn: (mode: RegistrationMode) => confirmed(() => setRegistration(mode)),
    onSuccess: (_, mode) => {
      toastDone(t('registrationPart.registration', { lowerCase: modes[mode].label.toLowerCase() }));
      setAsked(undefined);
      onChanged();
    },
  });
  const close = () => {
    setting.reset();
    setAsked(undefined);
  };
  return (
    <section className={classes.part} aria-labelledby="registration">
      <h2 id="registration">{t('registrationPart.registration2')}</h2>
      <div className={classes.panel}>
        <SegmentedControl
          aria-labelledby="registration"
          value={config.registration}
          onChange={(value) => setAsked(order.find((mode) => mode === value))}
          data={order.map((value) => ({ value, label: modes[value].label }))}
        />
        <p className={classes.note}>{modes[config.registration].text}</p>
        {!config.mail && <p className={classes.note}>{t('registrationPart.registrationCantBe')}</p>}
      </div>
      <ConfirmDialog
        opened={asked !== undefined}
        title={t('registrationPart.changeRegistration')}
        confirmLabel={t('registrationPart.change')}
        danger={asked === 'open'}
        busy={setting.isPending}
        onConfirm={() => asked && setting.mutate(asked)}
        onClose={close}
      >
        <p>{t('registrationPart.existingAccountsStay', { asked: asked && modes[asked].text })}</p>
        <FormFault error={setting.error} />
      </ConfirmDialog>
    </section>
  );
}
