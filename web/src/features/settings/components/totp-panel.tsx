import { Button, Modal, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { TotpState } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { ErrorNotice } from '@/components/notice';
import { toastDone, toastFailed } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';
import { useFirstFocus } from '@/lib/use-first-focus';

import '../messages/catalogue';
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
  const { t } = useTranslation('settings');
  const { data: state, error, isPending, refetch } = useQuery(totpQuery());
  const [turned, setTurned] = useState(false);
  const turn = () => {
    setTurned(true);
    onChanged();
  };
  if (isPending) return <Skeleton height={68} radius="md" />;
  if (!state) return <ErrorNotice error={error} title={t('totpPanel.couldntLoadTwo')} retry={() => void refetch()} />;
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
  const { t } = useTranslation('settings');
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
          {t('totpPanel.off')}
        </p>
      )}
      <p className={classes.note}>{t('totpPanel.withTwoStep')}</p>
      <Button ref={opener} variant={needed ? 'filled' : 'default'} size={needed ? 'md' : 'sm'} onClick={() => setEnrolling(true)}>
        {t('totpPanel.turnOn')}
      </Button>
      <Modal opened={enrolling} onClose={close} title={enabled ? t('totpPanel.yourRecoveryCodes') : t('totpPanel.turnOnTwo')} closeOnClickOutside={false}>
        <TotpEnrol onClose={close} onEnabled={() => setEnabled(true)} />
      </Modal>
    </>
  );
}

function TotpOn({ state, turned, onChanged }: TurnProps & { state: TotpState }) {
  const { t } = useTranslation('settings');
  const confirmed = useConfirmed();
  const changed = useTotpChanged(onChanged);
  const [asked, setAsked] = useState(false);
  const turningOff = useMutation({
    mutationFn: () => confirmed(disableTotp),
    onSuccess: () => {
      toastDone(t('totpPanel.twoStepSign'));
      changed();
    },
    onError: (failure) => toastFailed(t('totpPanel.couldntTurnOff'), failure),
    onSettled: () => setAsked(false),
  });
  return (
    <>
      <p className={classes.state} data-tone="ok">
        {t('totpPanel.on')}
      </p>
      <RecoveryPart left={state.recoveryCodesLeft} focused={turned}>
        {!state.required && (
          <Button variant="default" onClick={() => setAsked(true)}>
            {t('totpPanel.turnOff')}
          </Button>
        )}
      </RecoveryPart>
      <ConfirmDialog
        opened={asked}
        title={t('totpPanel.turnOffTwo')}
        confirmLabel={t('totpPanel.turnOff')}
        busy={turningOff.isPending}
        onConfirm={() => turningOff.mutate()}
        onClose={() => setAsked(false)}
      >
        <p>{t('totpPanel.signingInWill')}</p>
      </ConfirmDialog>
    </>
  );
}
