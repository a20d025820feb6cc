import { Button, Modal, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { TotpState } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { ErrorNotice } from '@/components/notice';
import { toastDone, toastFailed } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';
import { useFirstFocus } from '@/lib/use-first-focus';

import { disableTotp, settingsKeys, totpQuery } from '../api';
import { RecoveryPart } from './recovery-part';
import classes from './settings.module.css';
import { TotpEnrol } from './totp-enrol';

interface TotpPanelProps {
  onChanged: () => void;
  /** It has to be on before anything else, so this is the main action of the page. */
  needed?: boolean;
}

/** Two-step sign-in: whether it is on, with a button to change that. */
export function TotpPanel({ onChanged, needed = false }: TotpPanelProps) {
  const { data: state, error, isPending, refetch } = useQuery(totpQuery());
  const [turned, setTurned] = useState(false);
  const turn = () => {
    setTurned(true);
    onChanged();
  };
  if (isPending) return <Skeleton height={68} radius="md" />;
  if (!state) return <ErrorNotice error={error} title="Couldn't load two-step sign-in" retry={() => void refetch()} />;
  return state.enabled ? <TotpOn state={state} turned={turned} onChanged={turn} /> : <TotpOff needed={needed} turned={turned} onChanged={turn} />;
}

function useTotpChanged(onChanged: () => void): () => void {
  const client = useQueryClient();
  return () => {
    void client.invalidateQueries({ queryKey: settingsKeys.totp });
    onChanged();
  };
}

interface TurnProps {
  /** It was just turned on or off by a button that is gone, so the first button here takes the focus. */
  turned: boolean;
  onChanged: () => void;
}

function TotpOff({ onChanged, needed, turned }: TurnProps & { needed: boolean }) {
  const opener = useFirstFocus<HTMLButtonElement>(turned);
  const [enrolling, setEnrolling] = useState(false);
  const [enabled, setEnabled] = useState(false);
  const changed = useTotpChanged(onChanged);
  // However the codes are closed, it is on by then.
  const close = () => {
    setEnrolling(false);
    if (enabled) changed();
  };
  return (
    <>
      {!needed && (
        <p className={classes.state} data-tone="warn">
          Off
        </p>
      )}
      <p className={classes.note}>With two-step sign-in, your password alone isn't enough. You also need a code from an app on your phone.</p>
      <Button ref={opener} variant={needed ? 'filled' : 'default'} size={needed ? 'md' : 'sm'} onClick={() => setEnrolling(true)}>
        Turn on
      </Button>
      <Modal opened={enrolling} onClose={close} title={enabled ? 'Your recovery codes' : 'Turn on two-step sign-in'} closeOnClickOutside={false}>
        <TotpEnrol onClose={close} onEnabled={() => setEnabled(true)} />
      </Modal>
    </>
  );
}

function TotpOn({ state, turned, onChanged }: TurnProps & { state: TotpState }) {
  const confirmed = useConfirmed();
  const changed = useTotpChanged(onChanged);
  const [asked, setAsked] = useState(false);
  const turningOff = useMutation({
    mutationFn: () => confirmed(disableTotp),
    onSuccess: () => {
      toastDone('Two-step sign-in is off.');
      changed();
    },
    onError: (failure) => toastFailed("Couldn't turn off two-step sign-in", failure),
    onSettled: () => setAsked(false),
  });
  return (
    <>
      <p className={classes.state} data-tone="ok">
        On
      </p>
      <RecoveryPart left={state.recoveryCodesLeft} focused={turned}>
        {!state.required && (
          <Button variant="default" onClick={() => setAsked(true)}>
            Turn off
          </Button>
        )}
      </RecoveryPart>
      <ConfirmDialog
        opened={asked}
        title="Turn off two-step sign-in?"
        confirmLabel="Turn off"
        busy={turningOff.isPending}
        onConfirm={() => turningOff.mutate()}
        onClose={() => setAsked(false)}
      >
        <p>Signing in will no longer ask for a code from the app.</p>
      </ConfirmDialog>
    </>
  );
}
