import { Button, Skeleton, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { TotpOffer } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { ErrorNotice } from '@/components/notice';
import { useConfirmed } from '@/lib/confirmed';
import { useApiForm } from '@/lib/use-api-form';

import '../messages/catalogue';
import { beginTotp, enableTotp, settingsKeys } from '../api';
import { codeSchema } from '../schema';
import { RecoveryCodes } from './recovery-codes';
import { SecretBox } from './secret-box';
import classes from './settings.module.css';

interface TotpEnrolProps {
  onClose: () => void;
  /** Called when it is on. The recovery codes then show until the dialog closes. */
  onEnabled: () => void;
}

/** Sets up two-step sign-in: scan, enter a first code, save the recovery codes. */
export function TotpEnrol({ onClose, onEnabled }: TotpEnrolProps) {
  const { t } = useTranslation('settings');
  const confirmed = useConfirmed();
  const [codes, setCodes] = useState<string[]>();
  const { data: offer, error, refetch } = useQuery({
    queryKey: [...settingsKeys.totp, 'offer'],
    queryFn: () => confirmed(beginTotp),
    // Each offer is a new secret: every visit needs a new one, and nothing else may request one.
    gcTime: 0,
    staleTime: 'static',
    retry: false,
  });
  if (codes) return <RecoveryCodes codes={codes} onClose={onClose} />;
  if (error) return <ErrorNotice error={error} title={t('totpEnrol.couldntStartThe')} retry={() => void refetch()} />;
  if (!offer) return <Skeleton height={260} radius="md" />;
  const enabled = (made: string[]) => {
    setCodes(made);
    onEnabled();
  };
  return <FirstCode offer={offer} onClose={onClose} onEnabled={enabled} />;
}

interface FirstCodeProps {
  offer: TotpOffer;
  onClose: () => void;
  onEnabled: (codes: string[]) => void;
}

function FirstCode({ offer, onClose, onEnabled }: FirstCodeProps) {
  const { t } = useTranslation('settings');
  const confirmed = useConfirmed();
  const form = useApiForm({
    schema: codeSchema,
    initial: { code: '' },
    send: ({ code }) => confirmed(() => enableTotp(code)),
    onDone: onEnabled,
  });
  return (
    <form noValidate onSubmit={form.submit} className={classes.form}>
      <p className={classes.note}>{t('totpEnrol.scanThisWith')}</p>
      <img src={offer.qr} alt={t('totpEnrol.qrCodeFor')} className={classes.qr} />
      <details className={classes.details}>
        <summary>{t('totpEnrol.orEnterThe')}</summary>
        <SecretBox label={t('totpEnrol.key')} value={offer.secret} />
      </details>
      <FormFault error={form.error} />
      <TextInput
        name="code"
        label={t('totpEnrol.code')}
        description={t('totpEnrol.enterTheCode')}
        autoComplete="one-time-code"
        inputMode="numeric"
        maxLength={16}
        {...form.field('code')}
        data-autofocus
      />
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          {t('totpEnrol.cancel')}
        </Button>
        <Button type="submit" loading={form.busy} disabled={form.wait > 0}>
          {t('totpEnrol.turnOn')}
        </Button>
      </div>
    </form>
  );
}
