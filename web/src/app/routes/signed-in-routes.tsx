import { getRouteApi } from '@tanstack/react-router';

import { Shell } from '../shell/shell';
import { useSignOut } from './account';
import { Dashboard } from './dashboard';
import { EnrolGate } from './enrol-gate';

const signedIn = getRouteApi('/signed-in');
const dashboard = getRouteApi('/signed-in/');

/** The frame of the pages behind sign-in. */
export function ShellRoute() {
  const { me } = signedIn.useRouteContext();
  const signOut = useSignOut();
  return me.secondFactorRequired ? <EnrolGate me={me} /> : <Shell me={me} onSignOut={signOut} />;
}

/** The start page. */
export function DashboardRoute() {
  const { tab = 'all', q = '', sort = '-created' } = dashboard.useSearch();
  return <Dashboard view={{ tab, q, sort }} />;
}
