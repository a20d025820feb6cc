import { getRouteApi, useNavigate, useRouter } from '@tanstack/react-router';

import { LoginPage } from '@/features/auth/components/login-page';
import { SetupPage } from '@/features/auth/components/setup-page';

const login = getRouteApi('/login');
const setup = getRouteApi('/setup');

/** Sign-in; leads back to where the person came from. */
export function LoginRoute() {
  const { next } = login.useSearch();
  const router = useRouter();
  // Only a path of this app: an address elsewhere would make the sign-in page a trap.
  const target = /^\/(?![/\\])/.test(next) ? next : '/';
  return <LoginPage onDone={() => router.history.replace(target)} />;
}

/** The first account. */
export function SetupRoute() {
  const { token } = setup.useSearch();
  const navigate = useNavigate();
  return <SetupPage token={token} onDone={() => void navigate({ to: '/', replace: true })} />;
}
