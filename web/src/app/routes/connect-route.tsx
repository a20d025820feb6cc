import { getRouteApi } from '@tanstack/react-router';

import { ConnectPage } from '@/features/settings/components/connect-page';

const connect = getRouteApi('/signed-in/connect');

/** Where an app asks for access. */
export function ConnectRoute() {
  const { me } = connect.useRouteContext();
  const asked = connect.useSearch();
  return <ConnectPage me={me} asked={asked} />;
}
