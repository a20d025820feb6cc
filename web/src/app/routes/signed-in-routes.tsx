import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';

import { configQuery, meQuery } from '@/features/auth/api';
import { FeaturesOffContext } from '@/lib/features';
import { SampleContext } from '@/lib/sample';
import { TrashSecondsContext } from '@/lib/trash/context';

import { Shell } from '../shell/shell';
import { useSignOut } from './account';
import { Dashboard } from './dashboard';

// Few ever see it, and it has much of the settings in it.
const EnrolGate = lazy(() => import('./enrol-gate').then((part) => ({ default: part.EnrolGate })));

const signedIn = getRouteApi('/signed-in');
const dashboard = getRouteApi('/signed-in/');

/** The frame of the pages behind sign-in. */
export function ShellRoute() {
  const { me } = signedIn.useRouteContext();
  const signOut = useSignOut();
  // The route's own copy stays as it was when the page opened.
  const { data: now } = useQuery(meQuery());
  const { data: config } = useQuery(configQuery());
  if (me.secondFactorRequired) {
    return (
      <Suspense>
        <EnrolGate me={me} />
      </Suspense>
    );
  }
  return (
    <FeaturesOffContext value={(now ?? me).featuresOff}>
      <TrashSecondsContext value={config?.limits.trashSeconds}>
        <SampleContext value={config?.sampleUrl ?? ''}>
          <Shell me={me} onSignOut={signOut} />
        </SampleContext>
      </TrashSecondsContext>
    </FeaturesOffContext>
  );
}

/** The start page. */
export function DashboardRoute() {
  const { tab = 'all', q = '', sort = '-created', label = '', add = '' } = dashboard.useSearch();
  const { me } = signedIn.useRouteContext();
  return <Dashboard account={me.id} view={{ tab, q, sort, label }} brought={add} />;
}
