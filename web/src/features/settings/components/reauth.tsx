import { Button, Modal, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useCallback, useEffectEvent, useLayoutEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { Me } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { IconFingerprint } from '@/components/icons';
import { PasswordField } from '@/components/password-field';
import { ReauthContext, type Confirmed } from '@/lib/confirmed';
import { passkeysKnown } from '@/lib/passkey';
import { CancelledError, hasCode, problemCode } from '@/lib/problem';
import { useApiForm } from '@/lib/use-api-form';
import { useWait } from '@/lib/use-wait';

import '../messages/catalogue';
import { reauthenticate, reauthenticateWithPasskey } from '../api';
import { codeSchema, currentPasswordSchema } from '../schema';
import classes from './settings.module.css';

interface Asked {
  resolve: () => void;
  reject: (reason: Error) => void;
}

/** Asks for the password, a code or a passkey when an act within it needs one. */
export function Reauth({ me, children }: { me: Me; children: ReactNode }) {
  const { t } = useTranslation('settings');
  const [asked, setAsked] = useState<Asked>();
  const confirmed = useCallback<Confirmed>(async (act) => {
    try {
      return await act();
    } catch (error) {
      if (!hasCode(error, problemCode.reauthenticate)) throw error;
      await new Promise<void>((resolve, reject) => setAsked({ resolve, reject }));
      return await act();
    }
  }, []);
  const close = () => {
    asked?.reject(new CancelledError());
    setAsked(undefined);
  };
  const escape = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.isComposing || asked === undefined) return;
    event.stopImmediatePropagation();
    close();
  });
  // Runs before the listeners of the dialogs beneath, which are effects: their content must survive this Escape.
  useLayoutEffect(() => {
    const listener = (event: KeyboardEvent) => escape(event);
    globalThis.addEventListener('keydown', listener, { capture: true });
    return () => globalThis.removeEventListener('keydown', listener, { capture: true });
  }, []);
  const pass = () => {
    asked?.resolve();
    setAsked(undefined);
  };
  return (
    <ReauthContext value={confirmed}>
      {children}
      <Modal opened={asked !== undefined} onClose={close} title={t('reauth.confirmItsYou')} size="sm" zIndex={300}>
        <Ways me={me} onPass={pass} onClose={close} />
      </Modal>
    </ReauthContext>
  );
}

interface WayProps {
  me: Me;
  onPass: () => void;
  onClose: () => void;
}

function Ways({ me, onPass, onClose }: WayProps) {
  const { t } = useTranslation('settings');
  const [byCode, setByCode] = useState(false);
  return (
    <div className={classes.form}>
      <p className={classes.note}>{t('reauth.thisAffectsWho')}</p>
      {byCode ? <ByCode onPass={onPass} onClose={onClose} /> : <ByPassword me={me} onPass={onPass} onClose={onClose} />}
      {me.passkey && passkeysKnown() && <ByPasskey onPass={onPass} />}
      {me.secondFactor && (
        <button type="button" className={classes.switch} onClick={() => setByCode(!byCode)}>
          {byCode ? t('reauth.usePassword') : t('reauth.useACode')}
        </button>
      )}
    </div>
  );
}

function ByPasskey({ onPass }: Pick<WayProps, 'onPass'>) {
  const { t } = useTranslation('settings');
  const confirming = useMutation({ mutationFn: reauthenticateWithPasskey, onSuccess: onPass });
  const wait = useWait(confirming.error);
  return (
    <>
      <FormFault error={confirming.error} />
      <Button
        variant="default"
        leftSection={<IconFingerprint size={18} aria-hidden="true" />}
        loading={confirming.isPending}
        disabled={wait > 0}
        onClick={() => confirming.mutate()}
      >
        {t('reauth.useAPasskey')}
      </Button>
    </>
  );
}

function Buttons({ busy, wait, onClose }: { busy: boolean; wait: number; onClose: () => void }) {
  const { t } = useTranslation('settings');
  return (
    <div className={classes.buttons}>
      <Button variant="default" onClick={onClose}>
        {t('reauth.cancel')}
      </Button>
      <Button type="submit" loading={busy} disabled={wait > 0}>
        {t('reauth.confirm')}
      </Button>
    </div>
  );
}

function ByPassword({ me, onPass, onClose }: WayProps) {
  const { t } = useTranslation('settings');
  const form = useApiForm({ schema: currentPasswordSchema, initial: { password: '' }, send: reauthenticate, onDone: onPass });
  return (
    <form noValidate onSubmit={form.submit} className={classes.form}>
      <FormFault error={form.error} />
      {/* Tells password managers whose password this is. */}
      <input type="email" autoComplete="username" value={me.email} readOnly hidden aria-hidden="true" />
      <PasswordField
        label={t('reauth.password')}
        autoComplete="current-password"
        {...form.field('password')}
        data-autofocus
      />
      <Buttons busy={form.busy} wait={form.wait} onClose={onClose} />
    </form>
  );
}

function ByCode({ onPass, onClose }: Omit<WayProps, 'me'>) {
  const { t } = useTranslation('settings');
  const form = useApiForm({ schema: codeSchema, initial: { code: '' }, send: reauthenticate, onDone: onPass });
  return (
    <form noValidate onSubmit={form.submit} className={classes.form}>
      <FormFault error={form.error} />
      <TextInput
        name="code"
        label={t('reauth.code')}
        description={t('reauth.fromTheAuthenticator')}
        autoComplete="one-time-code"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={64}
        {...form.field('code')}
        data-autofocus
      />
      <Buttons busy={form.busy} wait={form.wait} onClose={onClose} />
    </form>
  );
}
