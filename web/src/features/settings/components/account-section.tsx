import { Button, Modal, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';

import type { Config, Me } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { IconLogout } from '@/components/icons';
import { NewPassword, ruleOf } from '@/components/new-password';
import { toastDone } from '@/components/toast';
import { useConfirmed } from '@/lib/confirmed';
import { useFirstFocus } from '@/lib/use-first-focus';
import { roleNames } from '@/lib/role';
import { useApiForm } from '@/lib/use-api-form';

import '../messages/catalogue';
import { changeEmail, changePassword } from '../api';
import { emailSchema, passwordSchema } from '../schema';
import { Section } from './section';
import classes from './settings.module.css';

interface AccountSectionProps {
  me: Me;
  config: Config;
  onSignOut: () => void;
}

/** Who is signed in, with buttons to change address and password. */
export function AccountSection({ me, config, onSignOut }: AccountSectionProps) {
  const { t } = useTranslation('settings');
  const [open, setOpen] = useState<'email' | 'password'>();
  const close = () => setOpen(undefined);
  return (
    <Section title={t('accountSection.account')} text={t('accountSection.yourAddressAnd')}>
      <p className={classes.email}>{me.email}</p>
      <p className={classes.role}>{roleNames[me.role]}</p>
      <div className={classes.row}>
        {config.mail && (
          <Button variant="default" onClick={() => setOpen('email')}>
            {t('accountSection.changeAddress')}
          </Button>
        )}
        <Button variant="default" onClick={() => setOpen('password')}>
          {t('accountSection.changePassword')}
        </Button>
        <Button variant="default" leftSection={<IconLogout size={16} />} onClick={onSignOut}>
          {t('accountSection.signOut')}
        </Button>
      </div>
      <Modal opened={open === 'email'} onClose={close} title={t('accountSection.changeAddress')}>
        <EmailForm onClose={close} />
      </Modal>
      <Modal opened={open === 'password'} onClose={close} title={t('accountSection.changePassword')}>
        <PasswordForm me={me} config={config} onClose={close} />
      </Modal>
    </Section>
  );
}

function EmailForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('settings');
  const confirmed = useConfirmed();
  const [mailedTo, setMailedTo] = useState('');
  const form = useApiForm({
    schema: emailSchema,
    initial: { email: '' },
    send: ({ email }) => confirmed(() => changeEmail(email)),
    onDone: (_, { email }) => setMailedTo(email),
  });
  if (mailedTo !== '') return <LinkSent email={mailedTo} onClose={onClose} />;
  return (
    <form noValidate onSubmit={form.submit} className={classes.form}>
      <FormFault error={form.error} />
      <TextInput
        name="email"
        type="email"
        label={t('accountSection.newAddress')}
        description={t('accountSection.wellSendA')}
        autoComplete="email"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={254}
        {...form.field('email')}
        data-autofocus
      />
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          {t('accountSection.cancel')}
        </Button>
        <Button type="submit" loading={form.busy} disabled={form.wait > 0}>
          {t('accountSection.sendLink')}
        </Button>
      </div>
    </form>
  );
}

function LinkSent({ email, onClose }: { email: string; onClose: () => void }) {
  const { t } = useTranslation('settings');
  const done = useFirstFocus<HTMLButtonElement>();
  return (
    <div className={classes.form}>
      <p className={classes.note} role="status">
        <Trans t={t} i18nKey="accountSection.weSentA" values={{ email }} components={{ b: <b /> }} />
      </p>
      <div className={classes.buttons}>
        <Button ref={done} onClick={onClose}>
          {t('accountSection.done')}
        </Button>
      </div>
    </div>
  );
}

function PasswordForm({ me, config, onClose }: { me: Me; config: Config; onClose: () => void }) {
  const { t } = useTranslation('settings');
  const confirmed = useConfirmed();
  const rule = ruleOf(config);
  const form = useApiForm({
    schema: passwordSchema(rule.minLength),
    initial: { password: '' },
    send: ({ password }) => confirmed(() => changePassword(password)),
    onDone: () => {
      toastDone(t('accountSection.passwordChangedAll'));
      onClose();
    },
  });
  return (
    <form noValidate onSubmit={form.submit} className={classes.form}>
      <p className={classes.note}>{t('accountSection.thisEndsAll')}</p>
      <FormFault error={form.error} />
      {/* Tells password managers whose password it is. */}
      <input type="email" autoComplete="username" value={me.email} readOnly hidden aria-hidden="true" />
      <NewPassword rule={rule} size="sm" {...form.field('password')} />
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          {t('accountSection.cancel')}
        </Button>
        <Button type="submit" loading={form.busy} disabled={form.wait > 0}>
          {t('accountSection.setPassword')}
        </Button>
      </div>
    </form>
  );
}
