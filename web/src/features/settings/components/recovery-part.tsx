import { Button, Modal } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';

import { ConfirmDialog } from '@/components/confirm-dialog';
import { toastFailed } from '@/components/toast';
import { formatPlural } from '@/lib/format';
import { useFirstFocus } from '@/lib/use-first-focus';

import { renewRecoveryCodes, settingsKeys } from '../api';
import { useConfirmed } from './reauth-context';
import { RecoveryCodes } from './recovery-codes';
import classes from './settings.module.css';

const fewCodes = 3;

interface RecoveryPartProps {
  left: number;
  /** What had the focus before is gone. */
  focused?: boolean;
  /** Buttons beside the one for new codes. */
  children?: ReactNode;
}

/** How many recovery codes are left, and the way to new ones. */
export function RecoveryPart({ left, focused = false, children }: RecoveryPartProps) {
  const renew = useFirstFocus<HTMLButtonElement>(focused);
  const client = useQueryClient();
  const confirmed = useConfirmed();
  const [asked, setAsked] = useState(false);
  const renewing = useMutation({
    mutationFn: () => confirmed(renewRecoveryCodes),
    onSuccess: () => client.invalidateQueries({ queryKey: settingsKeys.totp }),
    onError: (failure) => toastFailed('There are no new codes', failure),
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
          ? 'No recovery code is left. Make new ones, or a lost device locks you out.'
          : `${formatPlural(left, 'recovery code', 'recovery codes')} left, for the day when the device is not there.`}
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
        <p>The earlier ones stop working.</p>
      </ConfirmDialog>
      <Modal opened={renewing.data !== undefined} onClose={closeCodes} title="Your recovery codes" closeOnClickOutside={false}>
        <RecoveryCodes codes={renewing.data ?? []} onClose={closeCodes} />
      </Modal>
    </>
  );
}
