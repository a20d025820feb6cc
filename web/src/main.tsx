import '@fontsource-variable/ibm-plex-sans/wght.css';
import './app/styles/mantine.css';
import './app/styles/theme.gen.css';
import './app/styles/tokens.css';
import './app/styles/global.css';

import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { Providers } from './app/providers';
import { newRouter } from './app/router';
import { authKeys } from './features/auth/api';
import { onSignedOut } from './lib/http';
import { newQueryClient } from './lib/query-client';

const queryClient = newQueryClient();
const router = newRouter(queryClient);

onSignedOut(() => {
  // Only when somebody was signed in: the sign-in page asks who it is, too.
  if (!queryClient.getQueryData(authKeys.me)) return;
  queryClient.setQueryData(authKeys.me, null);
  void router.invalidate();
});

const element = document.getElementById('root');
if (element) {
  createRoot(element).render(
    <StrictMode>
      <Providers queryClient={queryClient}>
        <RouterProvider router={router} />
      </Providers>
    </StrictMode>,
  );
}
