import { Button, Modal, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';

import type { Me, Passkey } from '@/api/model';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { IconFingerprint, IconPlus } from '@/components/icons';
import { ErrorNotice } from '@/components/notice';
import { RelativeTime } from '@/components/relative-time';
import { toastDone, toastFailed } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';
import { useFeature } from '@/lib/features';
import { isolated } from '@/lib/isolated';
import { passkeysKnown } from '@/lib/passkey';

import '../messages/catalogue';
import { passkeysQuery, removePasskey, settingsKeys, totpQuery } from '../api';
import { AddPasskey, RenamePasskey } from './passkey-form';
import { RecoveryPart } from './recovery-part';
import classes from './settings.module.css';

interface PasskeysProps {
  me: Me;
  /** Called when the account has changed. */
  onChanged: () => void;
}

/** The account's passkeys, with buttons to add, rename and remove them. */
export function Passkeys({ me, onChanged }: PasskeysProps) {
  const { t } = useTranslation('settings');
  const client = useQueryClient();
  const { data, error, isPending, refetch } = useQuery(passkeysQuery());
  const totp = useQuery(totpQuery()).data;
  const opener = useRef<HTMLButtonElement>(null);
  const [adding, setAdding] = useState(false);
  const [renaming, setRenaming] = useState<Passkey>();
  const [removing, setRemoving] = useState<Passkey>();
  const changed = () => {
    void client.invalidateQueries({ queryKey: settingsKeys.passkeys });
    void client.invalidateQueries({ queryKey: settingsKeys.totp });
    onChanged();
  };
  const removed = () => {
    changed();
    opener.current?.focus(); // the clicked button is gone with its passkey
  };
  const close = () => {
    setAdding(false);
    changed(); // the passkey may already exist, with its recovery codes on screen
  };
  const allowed = useFeature('passkeys');
  if (isPending) return <Skeleton height={68} radius="md" />;
  if (!data) return <ErrorNotice error={error} title={t('passkeys.couldntLoadYour')} retry={() => void refetch()} />;
  const { passkeys } = data;
  const known = passkeysKnown();
  const addable = data.available && known && allowed;
  const aloneLeft = passkeys.length > 0 && totp?.enabled === false ? totp.recoveryCodesLeft : undefined;
  return (
    <>
      {passkeys.length > 0 && (
        <ul className={classes.list} aria-label={t('passkeys.passkeys')}>
          {passkeys.map((passkey) => (
            <PasskeyItem key={passkey.id} passkey={passkey} onRename={setRenaming} onRemove={setRemoving} />
          ))}
        </ul>
      )}
      {passkeys.length === 0 && addable && <p className={classes.note}>{t('passkeys.noPasskeysYet')}</p>}
      {!data.available && <p className={classes.note}>{data.unavailable}</p>}
      {data.available && !known && <p className={classes.note}>{t('passkeys.thisBrowserDoesnt')}</p>}
      {data.available && !allowed && <p className={classes.note}>{t('passkeys.newPasskeysAnd')}</p>}
      {aloneLeft !== undefined && <RecoveryPart left={aloneLeft} />}
      {addable && (
        <Button ref={opener} variant="default" leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
          {t('passkeys.addAPasskey')}
        </Button>
      )}
      <Modal opened={adding} onClose={close} title={t('passkeys.newPasskey')} closeOnClickOutside={false}>
        <AddPasskey onClose={() => setAdding(false)} onChanged={changed} />
      </Modal>
      <Modal opened={renaming !== undefined} onClose={() => setRenaming(undefined)} title={t('passkeys.renamePasskey')}>
        {renaming && <RenamePasskey passkey={renaming} onClose={() => setRenaming(undefined)} onChanged={changed} />}
      </Modal>
      <RemovePasskey me={me} passkey={removing} last={passkeys.length === 1 && totp?.enabled === false} onClose={() => setRemoving(undefined)} onChanged={removed} />
    </>
  );
}

interface RemovePasskeyProps extends PasskeysProps {
  passkey: Passkey | undefined;
  /** Once it is removed, the password alone signs in. */
  last: boolean;
  onClose: () => void;
}

function RemovePasskey({ me, passkey, last, onClose, onChanged }: RemovePasskeyProps) {
  const { t } = useTranslation('settings');
  const confirmed = useConfirmed();
  const removing = useMutation({
    mutationFn: (each: Passkey) => confirmed(() => removePasskey(each.id)),
    onSuccess: (_, each) => {
      toastDone(t('passkeys.removedThePasskey', { name: isolated(each.name) }));
      onChanged();
    },
    onError: (failure) => toastFailed(t('passkeys.couldntRemoveThe'), failure),
    onSettled: onClose,
  });
  return (
    <ConfirmDialog
      opened={passkey !== undefined}
      title={t('passkeys.removePasskey')}
      confirmLabel={t('passkeys.remove')}
      busy={removing.isPending}
      onConfirm={() => passkey && removing.mutate(passkey)}
      onClose={onClose}
    >
      <p>
        <Trans t={t} i18nKey="passkeys.canNoLonger" values={{ name: passkey?.name, email: me.email }} components={{ b: <b /> }} />
      </p>
      {last && <p>{t('passkeys.thisIsYour')}</p>}
    </ConfirmDialog>
  );
}

interface PasskeyItemProps {
  passkey: Passkey;
  onRename: (passkey: Passkey) => void;
  onRemove: (passkey: Passkey) => void;
}

function PasskeyItem({ passkey, onRename, onRemove }: PasskeyItemProps) {
  const { t } = useTranslation('settings');
  return (
    <li className={classes.item}>
      <IconFingerprint size={22} stroke={1.5} className={classes.device} aria-hidden="true" />
      <div className={classes.itemmain}>
        <p className={classes.itemname}>
          {passkey.name}
          {!passkey.usable && <span className={classes.expired}>{t('passkeys.for', { host: passkey.host })}</span>}
        </p>
        <p className={classes.facts}>
          {passkey.synced && <span>{t('passkeys.synced')}</span>}
          <span>
            <Trans t={t} i18nKey="passkeys.added" components={{ relativetime: <RelativeTime at={passkey.createdAt} /> }} />
          </span>
          <span>{passkey.lastUsedAt ? <><Trans t={t} i18nKey="passkeys.used" components={{ relativetime: <RelativeTime at={passkey.lastUsedAt} /> }} /></> : t('passkeys.neverUsed')}</span>
        </p>
      </div>
      <div className={classes.acts}>
        <Button size="compact-sm" variant="default" aria-label={t('passkeys.renameThePasskey', { name: passkey.name })} onClick={() => onRename(passkey)}>
          {t('passkeys.rename')}
        </Button>
        <Button size="compact-sm" variant="default" aria-label={t('passkeys.removeThePasskey', { name: passkey.name })} onClick={() => onRemove(passkey)}>
          {t('passkeys.remove')}
        </Button>
      </div>
    </li>
  );
}
