import { MantineProvider } from '@mantine/core';
import { QueryClientProvider, type QueryClient } from '@tanstack/react-query';
import { lazy, Suspense, type ReactNode } from 'react';

import { colorSchemeManager, theme } from './theme';

// No page waits for it: a toast needs something to have happened.
const Toasts = lazy(() => import('@/components/toasts'));

interface ProvidersProps {
  queryClient: QueryClient;
  /** Tests leave out what moves. */
  env?: 'default' | 'test';
  children: ReactNode;
}

/**
 * What every page needs around it. Mantine writes no style element: its variables and classes come from files
 * (styles/theme.gen.css, styles/mantine.css), because the content security policy allows nothing else.
 */
export function Providers({ queryClient, env = 'default', children }: ProvidersProps) {
  return (
    <QueryClientProvider client={queryClient}>
      <MantineProvider
        theme={theme}
        env={env}
        defaultColorScheme="auto"
        colorSchemeManager={colorSchemeManager}
        withCssVariables={false}
        withGlobalClasses={false}
      >
        <Suspense>
          <Toasts />
        </Suspense>
        {children}
      </MantineProvider>
    </QueryClientProvider>
  );
}
