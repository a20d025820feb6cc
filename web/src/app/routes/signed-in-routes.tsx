import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';

import { toastFailed } from '@/components/toast';
import { signOut } from '@/features/auth/api';

import { Shell } from '../shell/shell';
import { Dashboard } from './dashboard';

const signedIn = getRouteApi('/signed-in');
const dashboard = getRouteApi('/signed-in/');

/** Returns what signs the person out of this browser. */
export function useSignOut(): () => void {
  const client = useQueryClient();
  return () => {
    signOut().then(
      () => {
        client.clear();
        // A full load leaves nothing of the account in memory.
        globalThis.location.assign('/login');
      },
      (error: unknown) => toastFailed('You could not be signed out', error),
    );
  };
}

/** The frame of the pages behind sign-in. */
export function ShellRoute() {
  const { me } = signedIn.useRouteContext();
  return <Shell me={me} onSignOut={useSignOut()} />;
}

/** The start page. */
export function DashboardRoute() {
  const { tab = 'all', q = '', sort = '-created' } = dashboard.useSearch();
  return <Dashboard view={{ tab, q, sort }} />;
}
