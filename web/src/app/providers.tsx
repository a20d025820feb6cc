import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider, type QueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { colorSchemeManager, theme } from './theme';

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
        <Notifications position="bottom-right" limit={4} />
        {children}
      </MantineProvider>
    </QueryClientProvider>
  );
}
