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
import { watchSessionEnd } from './app/session-end';
import { markMissingParts } from './lib/missing-part';
import { newQueryClient } from './lib/query-client';

const queryClient = newQueryClient();
const router = newRouter(queryClient);

watchSessionEnd(queryClient, router);
markMissingParts();

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
