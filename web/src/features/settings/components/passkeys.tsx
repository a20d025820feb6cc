import { Button, Modal, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';

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
  if (!data) return <ErrorNotice error={error} title="Couldn't load your passkeys" retry={() => void refetch()} />;
  const { passkeys } = data;
  const known = passkeysKnown();
  const addable = data.available && known && allowed;
  const aloneLeft = passkeys.length > 0 && totp?.enabled === false ? totp.recoveryCodesLeft : undefined;
  return (
    <>
      {passkeys.length > 0 && (
        <ul className={classes.list} aria-label="Passkeys">
          {passkeys.map((passkey) => (
            <PasskeyItem key={passkey.id} passkey={passkey} onRename={setRenaming} onRemove={setRemoving} />
          ))}
        </ul>
      )}
      {passkeys.length === 0 && addable && <p className={classes.note}>No passkeys yet. With one, you can sign in without a password.</p>}
      {!data.available && <p className={classes.note}>{data.unavailable}</p>}
      {data.available && !known && <p className={classes.note}>This browser doesn't support passkeys.</p>}
      {data.available && !allowed && <p className={classes.note}>New passkeys, and signing in with a passkey alone, are switched off for your account.</p>}
      {aloneLeft !== undefined && <RecoveryPart left={aloneLeft} />}
      {addable && (
        <Button ref={opener} variant="default" leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
          Add a passkey
        </Button>
      )}
      <Modal opened={adding} onClose={close} title="New passkey" closeOnClickOutside={false}>
        <AddPasskey onClose={() => setAdding(false)} onChanged={changed} />
      </Modal>
      <Modal opened={renaming !== undefined} onClose={() => setRenaming(undefined)} title="Rename passkey">
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
  const confirmed = useConfirmed();
  const removing = useMutation({
    mutationFn: (each: Passkey) => confirmed(() => removePasskey(each.id)),
    onSuccess: (_, each) => {
      toastDone(`Removed the passkey “${isolated(each.name)}”.`);
      onChanged();
    },
    onError: (failure) => toastFailed("Couldn't remove the passkey", failure),
    onSettled: onClose,
  });
  return (
    <ConfirmDialog
      opened={passkey !== undefined}
      title="Remove passkey?"
      confirmLabel="Remove"
      busy={removing.isPending}
      onConfirm={() => passkey && removing.mutate(passkey)}
      onClose={onClose}
    >
      <p>
        <b>{passkey?.name}</b> can no longer sign in to {me.email}. Delete it from your password manager or device too.
      </p>
      {last && <p>This is your last one. Without it, the password alone signs you in, and your recovery codes stop working.</p>}
    </ConfirmDialog>
  );
}

interface PasskeyItemProps {
  passkey: Passkey;
  onRename: (passkey: Passkey) => void;
  onRemove: (passkey: Passkey) => void;
}

function PasskeyItem({ passkey, onRename, onRemove }: PasskeyItemProps) {
  return (
    <li className={classes.item}>
      <IconFingerprint size={22} stroke={1.5} className={classes.device} aria-hidden="true" />
      <div className={classes.itemmain}>
        <p className={classes.itemname}>
          {passkey.name}
          {!passkey.usable && <span className={classes.expired}>for {passkey.host}</span>}
        </p>
        <p className={classes.facts}>
          {passkey.synced && <span>synced</span>}
          <span>
            added <RelativeTime at={passkey.createdAt} />
          </span>
          <span>{passkey.lastUsedAt ? <>used <RelativeTime at={passkey.lastUsedAt} /></> : 'never used'}</span>
        </p>
      </div>
      <div className={classes.acts}>
        <Button size="compact-sm" variant="default" aria-label={`Rename the passkey ${passkey.name}`} onClick={() => onRename(passkey)}>
          Rename
        </Button>
        <Button size="compact-sm" variant="default" aria-label={`Remove the passkey ${passkey.name}`} onClick={() => onRemove(passkey)}>
          Remove
        </Button>
      </div>
    </li>
  );
}
