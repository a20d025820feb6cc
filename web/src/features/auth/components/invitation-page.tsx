import { Button, Skeleton, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import type { Config, Invitation } from '@/api/model';
import { FormFault } from '@/components/form-fault';
import { NewPassword, ruleOf } from '@/components/new-password';
import { useApiForm } from '@/lib/use-api-form';

import '../link-messages/catalogue';
import { acceptInvitation, invitationQuery } from '../api';
import { newPasswordSchema } from '../schema';
import { AuthFrame } from './auth-frame';
import classes from './auth.module.css';
import { useSignedIn } from './use-signed-in';
import { WithConfig } from './with-config';

interface InvitationPageProps {
  token: string;
  onDone: () => void;
}

/** Creates an account with the link of an invitation. */
export function InvitationPage({ token, onDone }: InvitationPageProps) {
  const { t } = useTranslation('authLinks');
  const { data: invitation, error } = useQuery(invitationQuery(token));
  if (error) {
    return (
      <AuthFrame title={t('invitationPage.thisInvitationDoesnt')} intro="" foot={<Link to="/login">{t('invitationPage.signIn')}</Link>}>
        <FormFault error={error}>{t('invitationPage.askThePerson')}</FormFault>
      </AuthFrame>
    );
  }
  if (!invitation) {
    return (
      <AuthFrame title={t('invitationPage.youreInvited')} intro="">
        <Skeleton height={210} radius="md" />
      </AuthFrame>
    );
  }
  return (
    <WithConfig title={t('invitationPage.youreInvited')}>
      {(config) => <AcceptForm token={token} invitation={invitation} config={config} onDone={onDone} />}
    </WithConfig>
  );
}

function AcceptForm({ token, invitation, config, onDone }: InvitationPageProps & { invitation: Invitation; config: Config }) {
  const { t } = useTranslation('authLinks');
  const rule = ruleOf(config);
  const form = useApiForm({
    schema: newPasswordSchema(rule.minLength),
    initial: { password: '' },
    send: ({ password }) => acceptInvitation({ token, password }),
    onDone: useSignedIn(onDone),
  });
  const intro = invitation.role === 'admin' ? t('invitationPage.chooseAPassword') : t('invitationPage.chooseAPasswordTo');
  return (
    <AuthFrame title={t('invitationPage.youreInvited')} intro={intro}>
      <form noValidate onSubmit={form.submit} className={classes.form}>
        <FormFault error={form.error} />
        {/* Password managers save the account under this address. */}
        <TextInput label={t('invitationPage.eMail')} size="md" type="email" autoComplete="username" value={invitation.email} readOnly />
        <NewPassword label={t('invitationPage.password')} rule={rule} {...form.field('password')} />
        <Button type="submit" size="md" fullWidth loading={form.busy} disabled={form.wait > 0}>
          {t('invitationPage.createAccount')}
        </Button>
      </form>
    </AuthFrame>
  );
}
