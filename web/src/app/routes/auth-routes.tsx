import { getRouteApi, useNavigate } from '@tanstack/react-router';

import { ConfirmEmailPage } from '@/features/auth/components/confirm-email-page';
import { InvitationPage } from '@/features/auth/components/invitation-page';
import { RegisterPage } from '@/features/auth/components/register-page';
import { ResetConfirmPage } from '@/features/auth/components/reset-confirm-page';
import { ResetPage } from '@/features/auth/components/reset-page';
import { SetupPage } from '@/features/auth/components/setup-page';
import { VerifyPage } from '@/features/auth/components/verify-page';

const setup = getRouteApi('/setup');
const registration = getRouteApi('/register');
const verify = getRouteApi('/verify');
const confirmEmail = getRouteApi('/confirm-email');
const resetConfirm = getRouteApi('/reset/confirm');

/** The first account. */
export function SetupRoute() {
  const { token } = setup.useSearch();
  return <SetupPage token={token} onDone={useGoHome()} />;
}

/** A new account, with or without an invitation. */
export function RegisterRoute() {
  const { invitation } = registration.useSearch();
  const goHome = useGoHome();
  return invitation === '' ? <RegisterPage /> : <InvitationPage token={invitation} onDone={goHome} />;
}

/** The link in a registration mail. */
export function VerifyRoute() {
  return <VerifyPage token={verify.useSearch().token} onDone={useGoHome()} />;
}

/** The link in a change-of-address mail. */
export function ConfirmEmailRoute() {
  return <ConfirmEmailPage token={confirmEmail.useSearch().token} />;
}

/** A lost password. */
export function ResetRoute() {
  return <ResetPage />;
}

/** The link in a password reset mail. */
export function ResetConfirmRoute() {
  return <ResetConfirmPage token={resetConfirm.useSearch().token} />;
}

function useGoHome(): () => void {
  const navigate = useNavigate();
  return () => void navigate({ to: '/', replace: true });
}
