import { SegmentedControl } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';

import type { Config, RegistrationMode } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { FormFault } from '@/components/form-fault';
import { toastDone } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';

import { setRegistration } from '../api';
import classes from './users.module.css';

const modes: Record<RegistrationMode, { label: string; text: string }> = {
  open: { label: 'Open', text: 'Anyone can create an account after verifying their address.' },
  invitation: { label: 'Invitation only', text: 'Only people invited by an admin can create an account.' },
  closed: { label: 'Closed', text: "No one can create an account. Open invitations don't work either." },
};

const order: readonly RegistrationMode[] = ['open', 'invitation', 'closed'];

/** Who can create an account. */
export function RegistrationPart({ config, onChanged }: { config: Config; onChanged: () => void }) {
  const [asked, setAsked] = useState<RegistrationMode>();
  const confirmed = useConfirmed();
  const setting = useMutation({
    mutationFn: (mode: RegistrationMode) => confirmed(() => setRegistration(mode)),
    onSuccess: (_, mode) => {
      toastDone(`Registration: ${modes[mode].label.toLowerCase()}.`);
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
      <h2 id="registration">Registration</h2>
      <div className={classes.panel}>
        <SegmentedControl
          aria-labelledby="registration"
          value={config.registration}
          onChange={(value) => setAsked(order.find((mode) => mode === value))}
          data={order.map((value) => ({ value, label: modes[value].label }))}
        />
        <p className={classes.note}>{modes[config.registration].text}</p>
        {!config.mail && <p className={classes.note}>Registration can't be open here: without mail, addresses can't be verified.</p>}
      </div>
      <ConfirmDialog
        opened={asked !== undefined}
        title="Change registration?"
        confirmLabel="Change"
        danger={asked === 'open'}
        busy={setting.isPending}
        onConfirm={() => asked && setting.mutate(asked)}
        onClose={close}
      >
        <p>{asked && modes[asked].text} Existing accounts stay.</p>
        <FormFault error={setting.error} />
      </ConfirmDialog>
    </section>
  );
}
