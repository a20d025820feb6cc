import { getRouteApi, useRouter } from '@tanstack/react-router';

import { Banner } from '@/features/announcement/components/banner';
import { LoginPage } from '@/features/auth/components/login-page';

const login = getRouteApi('/login');

/** Sign-in; returns to the page the user came from. */
export function LoginRoute() {
  const { next } = login.useSearch();
  const router = useRouter();
  // Only a path within this app: anything else would be an open redirect.
  const target = /^\/(?![/\\])/.test(next) ? next : '/';
  return (
    <>
      <Banner signedIn={false} />
      <LoginPage onDone={() => router.history.replace(target)} />
    </>
  );
}
