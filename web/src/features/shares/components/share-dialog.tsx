import { Button, Modal, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Share, SharedPicked, ShareItem } from '@/api/model';
import { toastDone } from '@/components/toast';
import { useFirstFocus } from '@/lib/use-first-focus';

import { createShare, shareKeys, updateShare } from '../api';
import '../messages/catalogue';
import { CopyShareLink, SendShareLink } from './share-link';
import { ShareForm } from './share-form';
import classes from './shares.module.css';

/** What to share, and what to call it. */
export interface ShareTarget {
  /** Of downloads, or of the library. */
  of: { items: ShareItem[] } | { picked: SharedPicked };
  name: string;
}

interface ShareDialogProps {
  /** What to share; undefined while the dialog is closed. */
  target: ShareTarget | undefined;
  /** The days that a share lasts at most; 0 for any time. */
  maxDays: number;
  onClose: () => void;
}

/** Shares files, and then shows the link. */
export function ShareDialog({ target, maxDays, onClose }: ShareDialogProps) {
  const { t } = useTranslation('shares');
  const client = useQueryClient();
  const [made, setMade] = useState<Share>();
  const close = () => {
    setMade(undefined);
    onClose();
  };
  return (
    <Modal opened={target !== undefined} onClose={close} title={made ? t('madeTitle') : t('dialogTitle')} size="md">
      {made && <Made share={made} onDone={close} />}
      {target && !made && (
        <ShareForm
          name={target.name.slice(0, 200)}
          maxDays={maxDays}
          note={'picked' in target.of && (target.of.picked.folders?.length ?? 0) > 0 ? t('folderNote') : undefined}
          submitLabel={t('create')}
          send={(settings) => createShare({ ...settings, ...target.of })}
          onDone={(share) => {
            setMade(share);
            void client.invalidateQueries({ queryKey: shareKeys.all });
          }}
          onClose={close}
        />
      )}
    </Modal>
  );
}

function Made({ share, onDone }: { share: Share; onDone: () => void }) {
  const { t } = useTranslation('shares');
  const field = useFirstFocus<HTMLInputElement>(); // the form that had focus is gone
  return (
    <div className={classes.form}>
      <p className={classes.soft}>{t('made')}</p>
      <TextInput ref={field} label={t('address')} value={share.url} readOnly onFocus={(event) => event.currentTarget.select()} />
      <div className={classes.buttons}>
        <SendShareLink share={share} />
        <CopyShareLink share={share} filled />
        <Button variant="default" onClick={onDone}>
          {t('done')}
        </Button>
      </div>
    </div>
  );
}

/** Changes the settings of a share. */
export function ChangeShareDialog({ share, maxDays, onClose }: { share: Share | undefined; maxDays: number; onClose: () => void }) {
  const { t } = useTranslation('shares');
  const client = useQueryClient();
  return (
    <Modal opened={share !== undefined} onClose={onClose} title={t('editTitle')} size="md">
      {share && (
        <ShareForm
          share={share}
          name={share.name}
          maxDays={maxDays}
          submitLabel={t('save')}
          send={(settings) => updateShare(share.id, settings)}
          onDone={() => {
            toastDone(t('saved'));
            void client.invalidateQueries({ queryKey: shareKeys.all });
            onClose();
          }}
          onClose={onClose}
        />
      )}
    </Modal>
  );
}
