import { Button, Modal } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';

import { ConfirmDialog } from '@/components/confirm-dialog';
import { toastFailed } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';
import { formatPlural } from '@/lib/format';
import { useFirstFocus } from '@/lib/use-first-focus';

import { renewRecoveryCodes, settingsKeys } from '../api';
import { RecoveryCodes } from './recovery-codes';
import classes from './settings.module.css';

const fewCodes = 3;

interface RecoveryPartProps {
  left: number;
  /** The element that had focus is gone, so the button here takes it. */
  focused?: boolean;
  /** Buttons beside the one for new codes. */
  children?: ReactNode;
}

/** How many recovery codes are left, with a button for new ones. */
export function RecoveryPart({ left, focused = false, children }: RecoveryPartProps) {
  const renew = useFirstFocus<HTMLButtonElement>(focused);
  const client = useQueryClient();
  const confirmed = useConfirmed();
  const [asked, setAsked] = useState(false);
  const renewing = useMutation({
    mutationFn: () => confirmed(renewRecoveryCodes),
    onSuccess: () => client.invalidateQueries({ queryKey: settingsKeys.totp }),
    onError: (failure) => toastFailed("Couldn't make new codes", failure),
    onSettled: () => setAsked(false),
  });
  const closeCodes = () => {
    renewing.reset();
    renew.current?.focus();
  };
  return (
    <>
      <p className={classes.note} data-tone={left < fewCodes ? 'warn' : undefined}>
        {left === 0
          ? 'No recovery codes left. Make new ones, or losing your device locks you out.'
          : `${formatPlural(left, 'recovery code', 'recovery codes')} left, for when you don't have your device.`}
      </p>
      <div className={classes.row}>
        <Button ref={renew} variant="default" onClick={() => setAsked(true)}>
          New recovery codes
        </Button>
        {children}
      </div>
      <ConfirmDialog
        opened={asked}
        title="Make new recovery codes?"
        confirmLabel="Make new ones"
        danger={false}
        busy={renewing.isPending}
        onConfirm={() => renewing.mutate()}
        onClose={() => setAsked(false)}
      >
        <p>Your earlier codes stop working.</p>
      </ConfirmDialog>
      <Modal opened={renewing.data !== undefined} onClose={closeCodes} title="Your recovery codes" closeOnClickOutside={false}>
        <RecoveryCodes codes={renewing.data ?? []} onClose={closeCodes} />
      </Modal>
    </>
  );
}
