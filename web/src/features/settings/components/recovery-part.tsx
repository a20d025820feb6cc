import { Button, Modal } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { ConfirmDialog } from '@/components/confirm-dialog';
import { toastFailed } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';
import { formatCount } from '@/lib/format';
import { useFirstFocus } from '@/lib/use-first-focus';

import '../messages/catalogue';
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
  const { t } = useTranslation('settings');
  const renew = useFirstFocus<HTMLButtonElement>(focused);
  const client = useQueryClient();
  const confirmed = useConfirmed();
  const [asked, setAsked] = useState(false);
  const renewing = useMutation({
    mutationFn: () => confirmed(renewRecoveryCodes),
    onSuccess: () => client.invalidateQueries({ queryKey: settingsKeys.totp }),
    onError: (failure) => toastFailed(t('recoveryPart.couldntMakeNew'), failure),
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
          ? t('recoveryPart.noRecoveryCodes')
          : t('recoveryPart.recoveryCodesLeft', { count: left, number: formatCount(left) })}
      </p>
      <div className={classes.row}>
        <Button ref={renew} variant="default" onClick={() => setAsked(true)}>
          {t('recoveryPart.newRecoveryCodes')}
        </Button>
        {children}
      </div>
      <ConfirmDialog
        opened={asked}
        title={t('recoveryPart.makeNewRecovery')}
        confirmLabel={t('recoveryPart.makeNewOnes')}
        danger={false}
        busy={renewing.isPending}
        onConfirm={() => renewing.mutate()}
        onClose={() => setAsked(false)}
      >
        <p>{t('recoveryPart.yourEarlierCodes')}</p>
      </ConfirmDialog>
      <Modal opened={renewing.data !== undefined} onClose={closeCodes} title={t('recoveryPart.yourRecoveryCodes')} closeOnClickOutside={false}>
        <RecoveryCodes codes={renewing.data ?? []} onClose={closeCodes} />
      </Modal>
    </>
  );
}
