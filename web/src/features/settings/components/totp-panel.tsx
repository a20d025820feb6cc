import { Button, Modal, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { TotpState } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { ErrorNotice } from '@/components/notice';
import { toastDone, toastFailed } from '@/components/toast';
import { useFirstFocus } from '@/lib/use-first-focus';

import { disableTotp, settingsKeys, totpQuery } from '../api';
import { useConfirmed } from './reauth-context';
import { RecoveryPart } from './recovery-part';
import classes from './settings.module.css';
import { TotpEnrol } from './totp-enrol';

interface TotpPanelProps {
  onChanged: () => void;
  /** Nothing else can be done before it is on, so that this is the page's one act. */
  needed?: boolean;
}

/** Two-step sign-in: whether it is on, and the ways to change that. */
export function TotpPanel({ onChanged, needed = false }: TotpPanelProps) {
  const { data: state, error, isPending, refetch } = useQuery(totpQuery());
  const [turned, setTurned] = useState(false);
  const turn = () => {
    setTurned(true);
    onChanged();
  };
  if (isPending) return <Skeleton height={68} radius="md" />;
  if (!state) return <ErrorNotice error={error} title="Two-step sign-in could not be loaded" retry={() => void refetch()} />;
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
  /** It was turned on or off just now, by a button that is gone: this one's first has the focus. */
  turned: boolean;
  onChanged: () => void;
}

function TotpOff({ onChanged, needed, turned }: TurnProps & { needed: boolean }) {
  const opener = useFirstFocus<HTMLButtonElement>(turned);
  const [enrolling, setEnrolling] = useState(false);
  const [enabled, setEnabled] = useState(false);
  const changed = useTotpChanged(onChanged);
  // However the codes are closed: it is on by then.
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
      <p className={classes.note}>With two-step sign-in, the password alone does not let anybody in: a code from an app on your phone is needed, too.</p>
      <Button ref={opener} variant={needed ? 'filled' : 'default'} size={needed ? 'md' : 'sm'} onClick={() => setEnrolling(true)}>
        Turn it on
      </Button>
      <Modal opened={enrolling} onClose={close} title={enabled ? 'Your recovery codes' : 'Turn two-step sign-in on'} closeOnClickOutside={false}>
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
    onError: (failure) => toastFailed('Two-step sign-in is still on', failure),
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
            Turn it off
          </Button>
        )}
      </RecoveryPart>
      <ConfirmDialog
        opened={asked}
        title="Turn two-step sign-in off?"
        confirmLabel="Turn it off"
        busy={turningOff.isPending}
        onConfirm={() => turningOff.mutate()}
        onClose={() => setAsked(false)}
      >
        <p>From then on, no code of the app is asked for.</p>
      </ConfirmDialog>
    </>
  );
}
