import { createContext } from 'react';

import type { LiveStatus } from '@/lib/event-stream';

/** How live the page is. */
export const LiveContext = createContext<LiveStatus>('connecting');
